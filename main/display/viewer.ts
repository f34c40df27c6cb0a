// remote-viewer in its kiosk mode: shows the guest and takes the keyboard, nothing else. It is fed by the guest, so it
// lives only while the guest is shown and never while a secret is typed: `end` returns when the process is gone.
// SPICE_NOGRAB: without it the X grab swallows our hot key. spice-gtk: doc/man SPICE_NOGRAB; remote-viewer(1) --kiosk.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { endChild, startBound } from '../process/bound';
import { viewerStyle } from './viewer-style';
import { type Box, covers, windowsOf, type XAddress, xEnvironment } from './x-windows';

const stage = 'display.viewer';
/** Under a second on an idle PC; on a busy one that reads it from a slow stick, with our window over it, much longer. */
const shownWithinMs = 60_000;

export interface Viewer {
  readonly pid: number;
  /** From the start until its window covered the screen. */
  readonly shownSeconds: number;
  /** Returns when the process and all it started are gone. `onDied` is not called any more. */
  end(): Promise<void>;
}

/** Fulfils once the viewer covers its place. Faults: toolMissing, viewerDied, timeout, cancelled; then none is left. */
export async function openViewer(about: {
  readonly x: XAddress;
  /** The guest's SPICE socket. */
  readonly spiceSocket: string;
  /** Ours, 0700: the viewer's home lies there while it lives. */
  readonly folder: string;
  readonly onDied: (fault: Fault) => void;
  /** The screen that it is to fill. */
  readonly place: Box;
  /** Which of the monitors that is, as GTK counts them, from 0. Default 0. */
  readonly monitor?: number;
  /** The part of `place` that it is to fill in the end; default: all of it. */
  readonly window?: Box;
  /** The guest is asked for the window's size divided by so much. Default 1. */
  readonly zoom?: 1 | 2;
  /** What is on the screen now, as JPEG, where the guest's first picture will be: stays until then. Default: black. */
  readonly backdrop?: { readonly jpeg: Uint8Array; readonly at: Box } | null;
  readonly shownWithinMs?: number;
  readonly signal?: AbortSignal;
}): Promise<Result<Viewer>> {
  const home = join(about.folder, 'viewer');
  rmSync(home, { recursive: true, force: true });
  mkdirSync(join(home, 'gtk-3.0'), { recursive: true, mode: 0o700 });
  const { backdrop = null, place, window: part = place, zoom = 1 } = about;
  const picture = join(home, 'backdrop.jpg');
  if (backdrop !== null) writeFileSync(picture, backdrop.jpeg, { mode: 0o600 });
  const style = viewerStyle({
    ...{ place, part },
    backdrop: backdrop === null ? null : { file: picture, at: backdrop.at },
  });
  writeFileSync(join(home, 'gtk-3.0', 'gtk.css'), style, { mode: 0o600 });
  mkdirSync(join(home, 'virt-viewer'), { mode: 0o700 });
  writeFileSync(join(home, 'virt-viewer', 'settings'), viewerSettings(about.monitor ?? 0), { mode: 0o600 });
  const started = startBound({
    program: 'remote-viewer',
    packageName: 'virt-viewer',
    stage,
    args: [
      ...['--kiosk', '--kiosk-quit=on-disconnect', `--zoom=${zoom * 100}`],
      `spice+unix://${about.spiceSocket}`,
    ],
    env: { ...xEnvironment(about.x), ...viewerEnvironment(home) },
  });
  if (!started.ok) return started;
  const child = started.value;
  const startedAt = performance.now();
  let death: Fault | null = null;
  let ending = false;
  void child.ended.then((how) => {
    const by = how.signal === null ? `status ${how.status ?? '?'}` : how.signal;
    death = { code: 'viewerDied', stage, message: `remote-viewer ended with ${by}` };
  });
  const end = async (): Promise<void> => {
    ending = true;
    await endChild(child);
    rmSync(home, { recursive: true, force: true });
  };

  const pid = child.pid;
  const deadline = startedAt + (about.shownWithinMs ?? shownWithinMs);
  while (pid !== null && death === null) {
    if (connections(about.spiceSocket) >= channelsNeeded && (await coversPlace(about.x, { pid, place }))) {
      void child.ended.then(() => {
        if (!ending && death !== null) about.onDied(death);
      });
      return ok({ pid, shownSeconds: (performance.now() - startedAt) / 1000, end });
    }
    const late = performance.now() > deadline;
    if (late || about.signal?.aborted === true) {
      await end();
      return fail(
        late
          ? { code: 'timeout', stage, message: 'remote-viewer did not cover the screen in time' }
          : { code: 'cancelled', stage, message: 'the guest is not to be shown any more' },
      );
    }
    await wait(40);
  }
  await end();
  return fail(death ?? { code: 'viewerDied', stage, message: 'remote-viewer did not start' });
}

/** The guest's first screen on that monitor: else a full-screen viewer takes the first one. remote-viewer(1), CONFIGURATION. */
export function viewerSettings(monitor: number): string {
  return `[fallback]\nmonitor-mapping=1:${monitor + 1}\n`;
}

/** remote-viewer covers the screen before it has found a guest: only with these channels is there a picture to see. */
const channelsNeeded = 4; // main, display, cursor, inputs

/** Accepted connections of a Unix socket: its path with state 03 in /proc/net/unix (SS_CONNECTED, linux/net.h). */
function connections(socketPath: string): number {
  const rows = readFileSync('/proc/net/unix', 'utf8').split('\n');
  return rows.filter((row) => row.endsWith(` ${socketPath}`) && row.split(/\s+/)[5] === '03').length;
}

async function coversPlace(
  x: XAddress,
  about: { readonly pid: number; readonly place: Box },
): Promise<boolean> {
  return (await windowsOf(x, about.pid)).some((window) => covers(window, about.place));
}

/** Nothing of the person's settings, no bus, no accessibility bridge: only the X server and the SPICE socket. */
function viewerEnvironment(home: string): Record<string, string> {
  return {
    SPICE_NOGRAB: '1',
    HOME: home,
    XDG_CONFIG_HOME: home,
    XDG_CACHE_HOME: home,
    XDG_DATA_HOME: home,
    GDK_BACKEND: 'x11',
    GSETTINGS_BACKEND: 'memory',
    NO_AT_BRIDGE: '1',
    DBUS_SESSION_BUS_ADDRESS: 'disabled:',
    LIBGL_ALWAYS_SOFTWARE: '1',
  };
}
