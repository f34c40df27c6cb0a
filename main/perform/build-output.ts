// What a build says, on its way to the details pane: control sequences taken out, gathered, and bounded. A build that
// talks more than a person can read loses lines here, not the kiosk its memory. It must never reach a log or a view.
import { stripVTControlCharacters } from 'node:util';

const gatherMs = 100;
/** As buildOutput's shape in the contract. */
const most = 4096;

export interface BuildOutput {
  /** Any part of the output, also half a line. */
  hear(text: string): void;
  /** Hands on what is left. */
  end(): void;
}

export function gatherOutput(push: (text: string) => void): BuildOutput {
  let line = '';
  let ready = '';
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const text = ready.slice(-most);
    ready = '';
    if (text !== '') push(text);
  };
  return {
    hear: (text) => {
      const lines = (line + text).split('\n');
      line = (lines.pop() ?? '').slice(-most);
      for (const whole of lines) ready = (ready + clean(whole)).slice(-2 * most);
      if (ready !== '') timer ??= setTimeout(flush, gatherMs);
    },
    end: () => {
      if (line !== '') ready += clean(line);
      line = '';
      flush();
    },
  };
}

/** One line as a terminal would show it at last: what came before a carriage return was written over. */
function clean(line: string): string {
  const last = stripVTControlCharacters(line)
    .split('\r')
    .filter((part) => part !== '')
    .pop();
  return `${(last ?? '').replace(/[^\P{Cc}\t]/gu, '').slice(0, 500)}\n`;
}
