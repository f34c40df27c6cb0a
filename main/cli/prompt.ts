// Asks for a passphrase on a terminal with the echo off (raw mode: the terminal driver repeats nothing and edits
// nothing). Keeps bytes, never a string, and wipes every buffer it outgrows. The terminal is put back in every case.
import type { ReadStream } from 'node:tty';
import { fail, ok, type Result } from '../../preload/contract/result';

export const maxSecretBytes = 1024;

const key = {
  ctrlC: 3,
  ctrlD: 4,
  backspace: 8,
  lineFeed: 10,
  enter: 13,
  ctrlU: 21,
  escape: 27,
  del: 127,
} as const;

/**
 * Reads one line from `terminal`. The caller wipes it. Faults: cancelled (Ctrl+C), usage (too long, or the end of
 * input). An escape sequence (arrows, a paste bracket) is dropped, since it is no text of a passphrase.
 */
export function askSecret(about: {
  readonly terminal: ReadStream;
  readonly question: string;
  readonly say: (text: string) => void;
}): Promise<Result<Uint8Array>> {
  const { terminal } = about;
  const line = Buffer.alloc(maxSecretBytes);
  let length = 0;
  let skipping = false; // inside an escape sequence, up to its final byte
  return new Promise((resolve) => {
    const finish = (answer: Result<Uint8Array>): void => {
      terminal.off('data', onData);
      terminal.off('end', onEnd);
      terminal.setRawMode(false);
      terminal.pause();
      line.fill(0);
      about.say('\n');
      resolve(answer);
    };
    const refuse = (message: string): void =>
      finish(fail({ code: 'usage', stage: 'cli.secret', message, hint: 'nothing was opened or made' }));
    const onEnd = (): void => refuse('the terminal closed before a passphrase was given');
    const onData = (chunk: Buffer): void => {
      try {
        for (const byte of chunk) if (takes(byte)) return;
      } finally {
        chunk.fill(0);
      }
    };
    /** True once the line is complete or refused. */
    const takes = (byte: number): boolean => {
      if (skipping) {
        skipping = !isFinalOfEscape(byte);
      } else if (byte === key.enter || byte === key.lineFeed) {
        finish(ok(new Uint8Array(line.subarray(0, length))));
        return true;
      } else if (byte === key.ctrlC || (byte === key.ctrlD && length === 0)) {
        finish(fail({ code: 'cancelled', stage: 'cli.secret', message: 'no passphrase was given' }));
        return true;
      } else if (byte === key.del || byte === key.backspace) {
        length = withoutLastCharacter(line, length);
      } else if (byte === key.ctrlU) {
        line.fill(0);
        length = 0;
      } else if (byte === key.escape) {
        skipping = true;
      } else if (byte >= 0x20) {
        if (length === maxSecretBytes) {
          refuse(`a passphrase has at most ${maxSecretBytes} bytes`);
          return true;
        }
        line[length++] = byte;
      }
      return false;
    };
    // The echo is off before anybody is asked: whoever answers at once (a fast hand, a script) is not shown either.
    terminal.setRawMode(true);
    terminal.on('data', onData);
    terminal.once('end', onEnd);
    about.say(about.question);
    terminal.resume();
  });
}

/** ECMA-48: `ESC [ ... final` and `ESC O final`; the final byte is a letter or ~ (the introducers are not). */
function isFinalOfEscape(byte: number): boolean {
  const isIntroducer = byte === 0x5b || byte === 0x4f;
  return !isIntroducer && ((byte >= 0x41 && byte <= 0x5a) || (byte >= 0x61 && byte <= 0x7e));
}

/** Wipes the last UTF-8 character: its continuation bytes and the byte that leads them. */
function withoutLastCharacter(line: Buffer, length: number): number {
  let at = length;
  while (at > 0) {
    at -= 1;
    const byte = line[at] ?? 0;
    line[at] = 0;
    if ((byte & 0xc0) !== 0x80) break;
  }
  return at;
}
