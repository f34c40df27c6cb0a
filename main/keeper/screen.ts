// A running guest's screen, for whoever shows it: can it take another size, how large is it, keys that are sent to it.
// What runs inside answers, so nothing of it is believed beyond its shape, and nothing here may hold up a suspend.
//
//   video       SPICE agent    guest agent    follows
//   std         -              -              nothing: its picture is one size until its system chooses another
//   virtio, qxl its port open  -              viewer; its news is lost where nothing in the guest heeds it, then the agent
//   virtio, qxl closed         answers        agent: xrandr on each of its X screens
//   virtio, qxl closed         silent         nothing
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ok, type Result } from '../../preload/contract/result';
import type { GuestScreen, SentKeys } from '../../preload/contract/screen';
import { generationPath } from '../generation/store';
import { connectAgent } from '../guest/agent';
import { agentChannels } from '../guest/argv';
import { hasDevice } from '../guest/definition';
import type { LiveGuest } from './session';

const stage = 'guest.screen';
const agentWithinMs = 2_000;
const drawWithinMs = 3_000;

type Shown = Pick<LiveGuest, 'qmp' | 'subject' | 'session'>;

export async function screenOfGuest(live: Shown): Promise<Result<GuestScreen>> {
  const follows = await followsBy(live);
  if (!follows.ok) return follows;
  // A guest that follows will have the size that it is given.
  return ok({ follows: follows.value, size: follows.value === null ? await sizeOf(live) : null });
}

async function followsBy({ qmp, subject }: Shown): Promise<Result<GuestScreen['follows']>> {
  if (subject.definition.video === 'std') return ok(null);
  const asked = await qmp.execute('query-chardev', {});
  if (!asked.ok) return asked;
  const isOpen = (label: string): boolean =>
    asked.value.some((each) => each.label === label && each['frontend-open']);
  if (isOpen(agentChannels.screen)) return ok('viewer');
  return ok(hasDevice(subject.definition, 'guest-agent') && isOpen(agentChannels.guest) ? 'agent' : null);
}

/** From the head of a picture that QEMU draws into the guest's folder, inside the vault. Null: it could not be drawn. */
async function sizeOf({ qmp, subject, session }: Shown): Promise<GuestScreen['size']> {
  const path = join(generationPath(subject.place, session.number), 'screen-now.ppm');
  try {
    const drawn = await qmp.execute(
      'screendump',
      { filename: path, format: 'ppm' },
      { timeoutMs: drawWithinMs },
    );
    return drawn.ok ? await readHead(path) : null;
  } finally {
    await rm(path, { force: true }).catch(() => {});
  }
}

async function readHead(path: string): Promise<GuestScreen['size']> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return null;
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(32), 0, 32, 0);
    return pictureSize(buffer.toString('latin1', 0, bytesRead));
  } catch {
    return null;
  } finally {
    await file.close();
  }
}

/** A binary PPM begins with `P6 WIDTH HEIGHT MAXIMUM`, white space between (netpbm, ppm(5)). */
export function pictureSize(head: string): GuestScreen['size'] {
  const [, width, height] = /^P6\s+(\d{1,5})\s+(\d{1,5})\s+255\s/.exec(head) ?? [];
  const size = { width: Number(width), height: Number(height) };
  return size.width >= 1 && size.height >= 1 ? size : null;
}

/**
 * For each X server of the guest, as who owns its session: the size as a mode, made where it is not one yet. A viewer that
 * is just coming up may tell QEMU of no monitor at all; the output is unplugged then, lit as it was, and can be set.
 * The mode has a name of its own: X refuses one that any mode has, also of those that the unplugged output had before.
 */
const fitScript = `for x in /tmp/.X11-unix/X*; do
  d=:\${x##*X}
  for a in /home/*/.Xauthority /run/user/*/gdm/Xauthority /var/run/lightdm/root/$d; do
    [ -e "$a" ] || continue
    export DISPLAY=$d XAUTHORITY="$a"
    o=$(xrandr | sed -n 's/^\\([^ ]*\\) connected.*/\\1/p' | head -n 1)
    [ -n "$o" ] || o=$(xrandr | sed -n 's/^\\([^ ]*\\) disconnected.* [0-9]*x[0-9]*+.*/\\1/p' | head -n 1)
    [ -n "$o" ] || continue
    m=$1x$2
    xrandr | grep -q "current $1 x $2," && break
    xrandr --output "$o" --mode "$m" && break
    n=soulpad-$m
    xrandr --newmode "$n" $(( $1 * $2 * 60 / 1000000 + 20 )) $1 $(( $1 + 40 )) $(( $1 + 120 )) $(( $1 + 200 )) $2 $(( $2 + 3 )) $(( $2 + 9 )) $(( $2 + 40 )) || true
    xrandr --addmode "$o" "$n" && xrandr --output "$o" --mode "$n" && break
  done
done`;

/**
 * Has the guest agent give the guest's screen that size; it answers when the guest was told, not when it is done. Faults:
 * timeout (no agent), io (it may not), cancelled.
 */
export async function fitGuestScreen(
  live: Shown,
  size: { readonly width: number; readonly height: number },
): Promise<Result<Record<string, never>>> {
  const path = live.subject.files.agentSocket;
  const agent = await connectAgent({ path, stage, timeoutMs: agentWithinMs });
  if (!agent.ok) return agent;
  const told = await agent.value.execute('guest-exec', {
    path: '/bin/sh',
    arg: ['-c', fitScript, 'fit', String(size.width), String(size.height)],
    'capture-output': false,
  });
  agent.value.close();
  return told.ok ? ok({}) : told;
}

/** Pressed and let go in QEMU itself: this PC's own keyboard has no part in it. Fault io: QEMU would not. */
export async function sendKeysTo(
  { qmp }: Pick<LiveGuest, 'qmp'>,
  keys: SentKeys,
): Promise<Result<Record<string, never>>> {
  const sent = await qmp.execute('send-key', {
    keys: codesOf(keys).map((data) => ({ type: 'qcode', data })),
  });
  return sent.ok ? ok({}) : sent;
}

/** QKeyCode names (qapi/ui.json). */
export function codesOf(keys: SentKeys): string[] {
  return keys === 'print' ? ['print'] : keys.split('-');
}
