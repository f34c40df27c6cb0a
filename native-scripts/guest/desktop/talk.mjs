// How the build speaks: for a person and for a program, both on stderr (stdout carries the one line of the result).
// Progress and faults are JSON lines in the words of the project's contract (preload/contract/progress.ts, fault.ts).

/** Ends the build: what failed, for the person under details, with the exit status of docs/surface.md. */
export class Failed extends Error {
  /** @param {'usage' | 'toolMissing' | 'kernelLacks' | 'full' | 'alreadyThere' | 'io' | 'busy'} code @param {string} message @param {string} [hint] */
  constructor(code, message, hint) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** @type {Record<Failed['code'], number>} */
export const statusOf = {
  usage: 64,
  toolMissing: 69,
  kernelLacks: 69,
  full: 73,
  alreadyThere: 73,
  io: 74,
  busy: 75,
};

/** @param {string} line */
export function talk(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {Failed} failed */
export function tellFault({ code, message, hint }) {
  talk(JSON.stringify({ fault: { code, message: message.slice(0, 2000), ...(hint ? { hint } : {}) } }));
}

/** At most four a second, and always a stage's first and last. */
let last = { stage: '', at: 0, done: -1 };

/** @param {{ stage: 'fetch' | 'unpack' | 'configure' | 'image', done: number, total: number | null, unit: 'bytes' | 'steps' }} report */
export function progress(report) {
  const now = performance.now();
  if (report.stage === last.stage && now - last.at < 250 && report.done !== report.total) return;
  const done = report.total === null ? report.done : Math.min(report.done, report.total);
  if (report.stage === last.stage && done === last.done) return;
  last = { stage: report.stage, at: now, done };
  talk(JSON.stringify({ progress: { ...report, done, secondsLeft: null, reversible: true } }));
}
