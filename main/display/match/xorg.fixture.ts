// A real Xorg with the dummy driver for a file of tests: it sets modes, has several outputs, and its monitors can be
// pulled. Nothing here is shipped.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { startXServer } from '../../place/x-server';
import { run } from '../../process/run';
import { type XAddress, xEnvironment } from '../x-windows';

interface DummyXorg {
  readonly folder: string;
  /** While the tests run. */
  readonly x: () => XAddress;
  /** What a hand at the plugs does: a monitor that is no part of the desktop is not connected (RandR 1.6, non-desktop). */
  readonly xrandr: (...args: readonly string[]) => Promise<void>;
}

/** From before the file's first test to after its last. */
export function dummyXorg(): DummyXorg {
  const folder = mkdtempSync(join(tmpdir(), 'soulpad-screens-'));
  let server: (XAddress & { readonly end: () => Promise<void> }) | null = null;
  const x = (): XAddress => {
    if (server === null) throw new Error('the X server does not run yet');
    return { display: server.display, authority: server.authority };
  };
  beforeAll(async () => {
    const under = join(folder, 'x');
    const started = await startXServer({ kind: 'xorg-dummy', width: 1280, height: 800, under });
    if (!started.ok) throw new Error(started.fault.message);
    server = started.value;
  });
  afterAll(async () => {
    await server?.end();
    rmSync(folder, { recursive: true });
  });
  return {
    ...{ folder, x },
    xrandr: async (...args) => {
      const ran = await run({ program: 'xrandr', args, stage: 'test', env: xEnvironment(x()) });
      if (!ran.ok) throw new Error(ran.fault.message);
    },
  };
}
