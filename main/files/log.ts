// The log of a process that outlives its starter: what happened, for a person who helps. Bounded (the older half
// goes), 0600, never a secret. Writing it must never fail its process: a full runtime folder costs the line, not the
// guest.
import { appendFileSync, chmodSync, renameSync, statSync } from 'node:fs';
import type { Fault } from '../../preload/contract/fault';

const maxLogBytes = 256 * 1024;

export interface Log {
  say(what: string): void;
  fault(fault: Fault): void;
}

export function openLog(path: string): Log {
  const say = (what: string): void => {
    try {
      if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) > maxLogBytes)
        renameSync(path, `${path}.old`);
      const line = `${new Date().toISOString()} ${what.replaceAll('\n', ' | ').slice(0, 2_000)}\n`;
      appendFileSync(path, line, { mode: 0o600 });
      chmodSync(path, 0o600);
    } catch {
      // Nowhere to say it.
    }
  };
  return { say, fault: (fault) => say(`fault ${fault.code} at ${fault.stage}: ${fault.message}`) };
}
