// openbox as a child: without a window manager no window gets the whole screen or the focus, and typing went to the
// wrong one. Started again when it dies; the guest is never touched by that.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { endChild, startBound } from '../process/bound';
import { restartLimit } from '../process/restart-limit';
import type { Child } from '../process/run';
import { openboxConfig } from './openbox-config';
import { hasWindowManager, type XAddress, xEnvironment } from './x-windows';

const stage = 'display.windowManager';
/** Its first start on a slow PC reads every font from a USB disk. */
const readyWithinMs = 60_000;

export interface WindowManager {
  /** Of the running openbox; null between its death and the next start. */
  pid(): number | null;
  end(): Promise<void>;
}

/** Fulfils once it manages the screen. Faults: toolMissing, displayLacks, timeout. */
export async function startWindowManager(about: {
  readonly x: XAddress;
  /** Ours, 0700: its configuration goes there. */
  readonly folder: string;
  /** It died again and again, or could not be started again. The screen stays as it is. */
  readonly onGaveUp: (fault: Fault) => void;
}): Promise<Result<WindowManager>> {
  const home = join(about.folder, 'openbox');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  const config = join(home, 'rc.xml');
  writeFileSync(config, openboxConfig, { mode: 0o600 });
  const limit = restartLimit({ most: 5, withinMs: 60_000 });
  let child: Child | null = null;
  let ending = false;

  const launch = async (): Promise<Result<void>> => {
    const started = startBound({
      program: 'openbox',
      packageName: 'openbox',
      stage,
      // --replace: one that a killed predecessor left behind must go.
      args: ['--replace', '--sm-disable', '--config-file', config],
      env: {
        ...xEnvironment(about.x),
        HOME: home,
        XDG_CONFIG_HOME: home,
        XDG_CACHE_HOME: home,
        XDG_DATA_HOME: home,
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
      },
    });
    if (!started.ok) return started;
    const mine = started.value;
    child = mine;
    let died = false;
    void mine.ended.then(() => {
      died = true;
      if (child === mine) child = null;
    });
    const deadline = performance.now() + readyWithinMs;
    while (!(await hasWindowManager(about.x))) {
      if (died) return fail({ code: 'displayLacks', stage, message: 'openbox ended at start' });
      if (performance.now() > deadline) {
        await endChild(mine);
        return fail({ code: 'timeout', stage, message: 'openbox did not take the screen' });
      }
      await wait(20);
    }
    void mine.ended.then(revive);
    return ok(undefined);
  };

  const revive = async (): Promise<void> => {
    if (ending) return;
    if (!limit.take()) {
      about.onGaveUp({ code: 'displayLacks', stage, message: 'openbox died more than 5 times in a minute' });
      return;
    }
    const again = await launch();
    if (!again.ok && !ending) about.onGaveUp(again.fault);
  };

  const first = await launch();
  if (!first.ok) return first;
  return ok({
    pid: () => child?.pid ?? null,
    end: async () => {
      ending = true;
      if (child !== null) await endChild(child);
    },
  });
}
