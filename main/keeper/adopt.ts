// Taking over a QEMU whose keeper was killed. It is proven first: a process of ours with the guest's uuid and socket
// in its arguments, which gives the same uuid over QMP. Then what the dead keeper was doing is brought to an end:
//
//   never ran (no `ran` in the record)     killed, its session folder removed: nothing of the person's is in it
//   CURRENT names its session              the suspend had passed its rename: QEMU is ended
//   switched itself off                    frozen as a powered-off generation
//   saving, before the rename              half-written files go, the guest goes on
//   making a checkpoint                    named: it stands. Else it goes, the guest goes on in the layer QEMU has
//   running, or paused by a full disk      taken as it is
import { setTimeout as delay } from 'node:timers/promises';
import type { Ended } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { Log } from '../files/log';
import {
  discardSession,
  readCurrent,
  readManifest,
  readSession,
  recordSums,
  unseal,
} from '../generation/store';
import { connectQmp, type Qmp } from '../qmp/commands';
import { freezePoweredOff, quitQemu } from './ending';
import { readLiveSession, tidyCheckpoint } from './live-session';
import { findQemu } from './proof';
import { orDeath, type QemuProcess, takeOverQemu } from './qemu';
import { type KeeperRecord, readKeeperRecord, removeKeeperRecord, writeKeeperRecord } from './record';
import { letRun } from './run';
import type { LiveGuest, Subject } from './session';

const stage = 'keeper.adopt';
/** A migration that was under way is cancelled; so long it may take to say so. */
const settleWithinMs = 60_000;

/** What was found of a keeper that was killed. */
export type Adoption =
  | { readonly is: 'live'; readonly live: LiveGuest }
  /** Its guest's end was brought to an end: `ended` is what the dead keeper would have said. */
  | { readonly is: 'finished'; readonly ended: Ended }
  | { readonly is: 'nothing' };

/** Faults: busy (a QEMU without a record), denied, guestDied, io. */
export async function adoptGuest(subject: Subject, log: Log): Promise<Result<Adoption>> {
  const { files, definition } = subject;
  const mark = { uuid: definition.uuid, qmpSocket: files.qmpSocket };
  const pid = await findQemu(mark);
  if (pid === null) {
    await removeKeeperRecord(files.record);
    return ok({ is: 'nothing' });
  }
  log.say(`QEMU ${pid} runs without a keeper: taking it over`);
  const qemu = takeOverQemu(pid, mark);
  const connected = await connectQmp({ path: files.qmpSocket, stage, timeoutMs: 30_000 });
  if (!connected.ok) return connected;
  const qmp = connected.value;
  const adopted = await adoptConnected({ subject, qemu, qmp, log });
  if (!adopted.ok) qmp.close();
  return adopted;
}

interface Found {
  readonly subject: Subject;
  readonly qemu: QemuProcess;
  readonly qmp: Qmp;
  readonly log: Log;
}

async function adoptConnected(found: Found): Promise<Result<Adoption>> {
  const { subject, qemu, qmp } = found;
  const asked = await qmp.execute('query-uuid', {});
  if (!asked.ok) return asked;
  if (asked.value.UUID !== subject.definition.uuid) {
    return fail({ code: 'denied', stage, message: 'another guest answers on our QMP socket' });
  }
  const status = await qmp.execute('query-status', {});
  if (!status.ok) return status;
  const record = await readKeeperRecord(subject.files.record);
  if (!record.ok || record.value.ran === null || record.value.since === null) {
    if (status.value.running) {
      const message = `a QEMU (pid ${qemu.pid}) runs this guest, and what it runs on is not known`;
      return fail({ code: 'busy', stage, message });
    }
    return endNeverRun(found, record.ok ? record.value : null);
  }
  const { ran, since } = record.value;
  const session = await readLiveSession({ qmp, place: subject.place, recorded: record.value.session });
  if (!session.ok) return session;
  const ground =
    ran.fromGeneration === null ? ok(null) : await readManifest(subject.place, ran.fromGeneration);
  if (!ground.ok) return ground;
  const live: LiveGuest = { subject, qemu, qmp, session: session.value, ground: ground.value, ran, since };
  return bringToAnEnd({ found, live, record: record.value, status: status.value.status });
}

async function endNeverRun(found: Found, record: KeeperRecord | null): Promise<Result<Adoption>> {
  const { subject, qemu, qmp, log } = found;
  log.say('it had not begun to run: ended');
  qmp.close();
  await qemu.kill();
  const session = record === null ? null : await readSession(subject.place, record.session);
  const saved = session?.ok ? await readManifest(subject.place, session.value.number) : null;
  if (session?.ok && !saved?.ok) await discardSession(session.value);
  await removeKeeperRecord(subject.files.record);
  return ok({ is: 'nothing' });
}

async function bringToAnEnd(about: {
  found: Found;
  live: LiveGuest;
  record: KeeperRecord;
  status: string;
}): Promise<Result<Adoption>> {
  const { live, record } = about;
  const { log } = about.found;
  const { place, files } = live.subject;
  const current = await readCurrent(place);
  if (current.ok && current.value === live.session.number) {
    log.say('its suspend had been named: ending QEMU');
    await quitQemu(live);
    const manifest = await readManifest(place, current.value);
    const sums = manifest.ok ? await recordSums(place, manifest.value) : manifest;
    if (!sums.ok) log.fault(sums.fault);
    await removeKeeperRecord(files.record);
    return ok({ is: 'finished', ended: { why: 'suspended', fault: null } });
  }
  if (about.status === 'shutdown') {
    await quitQemu(live);
    const frozen = await freezePoweredOff(live, log);
    await removeKeeperRecord(files.record);
    return ok({ is: 'finished', ended: frozen });
  }
  const settled = await settle(live, about.status);
  if (!settled.ok) return settled;
  const session = live.session.number;
  const noted = await writeKeeperRecord(files.record, { ...record, session, keeperPid: process.pid });
  return noted.ok ? ok({ is: 'live', live }) : noted;
}

/** Ends a suspend that was under way before its rename; the guest goes on. */
async function settle(live: LiveGuest, status: string): Promise<Result<unknown>> {
  const { qmp, qemu, session, subject } = live;
  const until = performance.now() + settleWithinMs;
  for (;;) {
    const migration = await qmp.execute('query-migrate', {});
    if (!migration.ok) return migration;
    const { status: moving } = migration.value;
    if (moving === undefined || ['none', 'completed', 'cancelled', 'failed'].includes(moving)) break;
    if (performance.now() > until)
      return fail({ code: 'timeout', stage, message: `migration stays ${moving}` });
    await qmp.execute('migrate_cancel', {});
    await delay(50);
  }
  const undone = await unseal(subject.place, session);
  if (!undone.ok) return undone;
  const tidied = await tidyCheckpoint(live);
  if (!tidied.ok) return tidied;
  const byUs = ['paused', 'postmigrate', 'finish-migrate'].includes(status);
  return byUs ? orDeath({ qemu, stage, work: letRun(qmp) }) : ok(undefined);
}
