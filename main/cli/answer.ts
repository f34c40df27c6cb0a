// The only place of the CLI that prints. stdout carries the answer and nothing else (one line with --json); talk and
// progress go to stderr. A fault has the screens' title; its message is the machine's word and holds no secret.
import { writeSync } from 'node:fs';
import { enFaults } from '../../app/text/en-faults';
import { exitCodes, type Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { stageSentence } from './sentences';
import { schemaName, type Topic } from './surface';
import type { Said } from './verb';

export interface Mouth {
  readonly json: boolean;
  readonly topic: Topic | 'usage';
}

/** Prints the answer and gives the exit status: 0, or that of the fault it tells of. */
export function answerDone(mouth: Mouth, said: Said): number {
  const { data, fault } = said;
  if (!mouth.json) {
    sayLines(1, said.lines());
    return fault === null ? 0 : answerFault(mouth, fault);
  }
  const schema = schemaName(mouth.topic);
  print(1, [
    JSON.stringify(fault === null ? { schema, ok: true, data } : { schema, ok: false, fault, data }),
  ]);
  return fault === null ? 0 : exitCodes[fault.code];
}

/** Prints the fault and gives its exit status. */
export function answerFault(mouth: Mouth, fault: Fault): number {
  if (mouth.json) {
    print(1, [JSON.stringify({ schema: schemaName(mouth.topic), ok: false, fault })]);
  } else {
    sayLines(2, [
      `soulpad: ${enFaults[fault.code].title}`,
      `  ${fault.message}`,
      ...(fault.hint === undefined ? [] : [`  ${fault.hint}`]),
      `  (${fault.code}, ${fault.stage})`,
    ]);
  }
  return exitCodes[fault.code];
}

/** Progress on stderr: every report as JSON, or one line a stage for a person. */
export function progressTeller(json: boolean): OnProgress {
  let stage: string | null = null;
  return (progress) => {
    if (json) return print(2, [JSON.stringify({ progress })]);
    if (progress.stage === stage) return;
    stage = progress.stage;
    print(2, [`${stageSentence(progress.stage)} ...`]);
  };
}

/** A sentence on stderr beside the answer. */
export function warningTeller(json: boolean): (sentence: string) => void {
  return (sentence) => print(2, [json ? JSON.stringify({ warning: sentence }) : `soulpad: ${sentence}`]);
}

/** For a person: what a file or a tool said may hold letters that move a terminal's cursor or turn the line around. */
function sayLines(descriptor: 1 | 2, lines: readonly string[]): void {
  print(
    descriptor,
    lines.map((line) => line.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd')),
  );
}

/** Synchronous, so that nothing is cut off when the process exits; a reader that went away is no fault of ours. */
function print(descriptor: 1 | 2, lines: readonly string[]): void {
  let rest = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // a full pipe: its reader is slow
    }
  }
}
