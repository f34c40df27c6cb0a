// Which Electron to start and how: the packaged app's own binary beside our programs, or the checkout's runtime with the
// checkout as its app. `--no-sandbox` comes from set-up's word alone (SOULPAD_NO_SANDBOX=1), never from us.
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { isProgram } from '../process/program-search';

export interface ElectronCommand {
  readonly program: string;
  readonly args: readonly string[];
}

/** Faults: toolMissing (no Electron), denied (root without set-up's word: Chromium's sandbox wants a user). */
export function electronCommand(about: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly extra: readonly string[];
  /** The folder of our programs: out/programs, or resources/programs in the packaged app. */
  readonly programs?: string;
}): Result<ElectronCommand> {
  const programs = about.programs ?? import.meta.dirname;
  const noSandbox = about.environment.SOULPAD_NO_SANDBOX === '1';
  if (process.getuid?.() === 0 && !noSandbox) {
    return fail({
      code: 'denied',
      stage: 'launch.electron',
      message: 'Electron keeps its sandbox and so does not run as root',
      hint: 'use `npm start`, which makes a user for it, or log in as a user',
    });
  }
  const sandbox = noSandbox ? ['--no-sandbox'] : [];
  const packaged = packagedElectron(programs);
  if (packaged !== null) return ok({ program: packaged, args: [...sandbox, ...about.extra] });
  const runtime = join(programs, '../electron/electron');
  if (isProgram(runtime)) {
    return ok({ program: runtime, args: [...sandbox, join(programs, '../..'), ...about.extra] });
  }
  return fail({
    code: 'toolMissing',
    stage: 'launch.electron',
    message: 'the Electron runtime is not here',
    hint: 'run `npm start` once: its set-up provides it',
  });
}

/** The packaged app's own binary; null in a checkout. */
export function packagedElectron(programs: string = import.meta.dirname): string | null {
  const packaged = join(programs, '../../soulpad');
  return isProgram(packaged) ? packaged : null;
}
