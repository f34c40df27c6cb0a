// The part of the last screen's receipt that is about the PC: what was looked at, and what was found. A tick only where
// nothing at all was found; else the sentence says what it is, since this is the moment to tell the PC's owner.
import type { Trace } from '../../preload/contract/trace';
import type { ReceiptLine } from '../parts/receipt';
import type { Words } from './use-words';

export function traceLines(trace: Trace, { t, figures }: Words): ReceiptLine[] {
  const { disks, memoryCleared, listening } = trace;
  const untouched = disks.writtenBytes === 0 && disks.used === 0;
  return [
    untouched
      ? {
          title: t('trace.disks'),
          body: disks.seen === 0 ? t('trace.noneSeen') : t('trace.seen'),
          done: disks.writable === 0,
        }
      : {
          title: t('trace.written'),
          body: t('trace.writtenBody', { size: figures.bytes(disks.writtenBytes) }),
          done: false,
        },
    memoryCleared
      ? { title: t('trace.memory'), body: t('trace.memoryBody'), done: true }
      : { title: t('trace.memoryKept'), body: t('trace.memoryKeptBody'), done: false },
    listening === 0
      ? { title: t('trace.network'), body: t('trace.networkBody'), done: true }
      : { title: t('trace.listening'), body: t('trace.listeningBody'), done: false },
  ];
}
