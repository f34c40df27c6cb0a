// Tells when the X server's screens changed: a monitor plugged in or out, a window on a desk resized, our own changes too.
// xev (x11-utils) listens to RandR's events; they come in storms, so that one word is said when they have rested a while.
// It must never be needed: without it the screen stays as it was matched last.
import type { Fault } from '../../../preload/contract/fault';
import { ok, type Result } from '../../../preload/contract/result';
import { endChild, startBound } from '../../process/bound';
import { type XAddress, xEnvironment } from '../x-windows';

/** A docking station's monitors come one after the other. */
const restMs = 300;
/** A storm that never rests is answered this often all the same. */
const mostMs = 2_000;

/** Calls back until the returned function is called. Fault toolMissing. */
export function watchScreens(
  x: XAddress,
  about: { readonly onChanged: () => void; readonly onGone: (fault: Fault) => void },
): Result<() => Promise<void>> {
  const started = startBound({
    program: 'xev',
    packageName: 'x11-utils',
    stage: 'display.watch',
    args: ['-root', '-event', 'randr'],
    env: xEnvironment(x),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (!started.ok) return started;
  const child = started.value;
  let ending = false;
  let resting: NodeJS.Timeout | null = null;
  let since = 0;
  const tell = (): void => {
    resting = null;
    about.onChanged();
  };
  child.process.stdout?.on('data', (bytes: Buffer) => {
    if (!/RRScreenChangeNotify|RRNotify/.test(bytes.toString('latin1'))) return;
    const now = performance.now();
    if (resting === null) since = now;
    else clearTimeout(resting);
    resting = setTimeout(tell, Math.min(restMs, Math.max(0, since + mostMs - now)));
  });
  void child.ended.then(() => {
    if (resting !== null) clearTimeout(resting);
    if (ending) return;
    about.onGone({
      code: 'displayLacks',
      stage: 'display.watch',
      message: 'nobody tells of changed screens',
    });
  });
  return ok(async () => {
    ending = true;
    await endChild(child);
  });
}
