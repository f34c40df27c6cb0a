// Which sources a generated page was made from: set-up says it, where git may not be asked by this user.
import { execFileSync } from 'node:child_process';

export function soulpadCommit(): string {
  if (process.env.SOULPAD_COMMIT !== undefined) return process.env.SOULPAD_COMMIT;
  try {
    return execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
