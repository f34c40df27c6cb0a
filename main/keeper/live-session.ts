// Which session a running guest writes to. The keeper's own knowledge can be behind QEMU's (it was killed while a
// checkpoint changed layers, or QEMU's answer came too late), and saving the wrong folder would freeze a layer that is
// not the disk: so QEMU is asked before every saving, and what a cut checkpoint left behind is removed here.
import { ok, type Result } from '../../preload/contract/result';
import {
  discardSession,
  type GuestPlace,
  listGenerations,
  readCurrent,
  readSession,
  readSessionRecord,
  type SessionPlace,
  unseal,
} from '../generation/store';
import { liveSession, removeLayer } from '../guest/live-disk';
import type { Qmp } from '../qmp/commands';
import type { LiveGuest } from './session';

/** `recorded`: what is right for a guest without a disk. */
export async function readLiveSession(about: {
  readonly qmp: Qmp;
  readonly place: GuestPlace;
  readonly recorded: number;
}): Promise<Result<SessionPlace>> {
  const asked = await liveSession(about.qmp);
  if (!asked.ok) return asked;
  return readSession(about.place, asked.value ?? about.recorded);
}

/** Puts `live.session` right. Faults: those of QMP, missing*, damaged*. */
export async function alignSession(live: LiveGuest): Promise<Result<void>> {
  const asked = await liveSession(live.qmp);
  if (!asked.ok) return asked;
  if (asked.value !== null && asked.value !== live.session.number) {
    const session = await readSession(live.subject.place, asked.value);
    if (!session.ok) return session;
    live.session = session.value;
  }
  return ok(undefined);
}

/**
 * After a checkpoint that was cut: the folder of a next session that the guest never wrote to goes, and so do the
 * half-written files of a checkpoint that CURRENT does not name. `live.session` is right before and afterwards.
 */
export async function tidyCheckpoint(live: LiveGuest): Promise<Result<void>> {
  const { place } = live.subject;
  const { number } = live.session;
  const listed = await listGenerations(place);
  if (!listed.ok) return listed;
  const newer = listed.value.filter((entry) => entry.number > number && entry.kind === 'interrupted');
  for (const entry of newer) {
    const session = await readSession(place, entry.number);
    if (!session.ok || entry.kind !== 'interrupted' || entry.parent !== number) continue;
    const { layer } = session.value;
    if (layer !== null) await removeLayer(live.qmp, layer); // where it was added already
    await discardSession(session.value);
  }
  return forgetUnnamed(live);
}

/** The session below, where it was being made a generation: a state that nothing names is not kept. */
export async function forgetUnnamed(live: LiveGuest): Promise<Result<void>> {
  const { place } = live.subject;
  const current = await readCurrent(place);
  if (!current.ok) return current;
  for (let at = live.session.number; ; ) {
    const record = await readSessionRecord(place, at);
    if (!record.ok) return record;
    at = record.value.parent;
    if (at <= current.value) break;
    const below = await readSession(place, at);
    if (!below.ok) return below;
    const undone = await unseal(place, below.value);
    if (!undone.ok) return undone;
  }
  const session = await readSession(place, live.session.number);
  if (!session.ok) return session;
  live.session = session.value;
  return ok(undefined);
}
