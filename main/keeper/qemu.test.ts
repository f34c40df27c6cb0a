// What counts as QEMU's death: its end, and a failure that only shows that its memory is already gone.
import { expect, test } from 'vitest';
import { fail, ok, type Result } from '../../preload/contract/result';
import { orDeath, type QemuProcess } from './qemu';

const stage = 'guest.saveState';
const gonePid = 2 ** 22 + 1; // above the kernel's highest
const noMaps = fail({ code: 'kernelLacks', stage, message: 'a part of the RAM is not mapped' });

/** Says like a process just killed that it has ended, but later than the kernel takes its memory. */
function qemuThat(about: { readonly pid: number; readonly ended: Promise<string> }): QemuProcess {
  const deathFault = async () => ({ code: 'guestDied' as const, stage, message: await about.ended });
  return { ...about, isAlive: () => true, deathFault, kill: async () => {} };
}

const later = new Promise<string>((resolve) => setTimeout(() => resolve('signal SIGKILL'), 20));
const never = new Promise<string>(() => {});

test('a failure of the work is the death of a QEMU whose memory is gone', async () => {
  const answer = await orDeath({
    qemu: qemuThat({ pid: gonePid, ended: later }),
    stage,
    work: Promise.resolve<Result<never>>(noMaps),
  });
  expect(answer).toMatchObject({ ok: false, fault: { code: 'guestDied', message: 'signal SIGKILL' } });
});

test('a failure of the work stays what it is while QEMU lives', async () => {
  const qemu = qemuThat({ pid: process.pid, ended: never });
  const work = Promise.resolve<Result<never>>(noMaps);
  expect(await orDeath({ qemu, stage, work })).toEqual(noMaps);
});

test('an answer is an answer, and a death while waiting ends the waiting', async () => {
  const gone = qemuThat({ pid: gonePid, ended: later });
  expect(await orDeath({ qemu: gone, stage, work: Promise.resolve(ok(1)) })).toEqual(ok(1));
  const waiting = new Promise<Result<never>>(() => {});
  expect(await orDeath({ qemu: gone, stage, work: waiting })).toMatchObject({ fault: { code: 'guestDied' } });
});
