// QMP's errors as our faults. QEMU keeps five error classes, most of them historical, and says nearly everything as
// GenericError (qapi/error.json), so that only a few causes can be told apart. The specification asks clients not to
// parse the text; one thing is looked for all the same, since no other field says it: a full disk.
import { z } from 'zod';
import type { Fault, FaultCode } from '../../preload/contract/fault';

export const qmpErrorSchema = z.object({ class: z.string().max(64), desc: z.string().max(8192) });
export type QmpError = z.infer<typeof qmpErrorSchema>;

const codes: Readonly<Record<string, FaultCode>> = {
  CommandNotFound: 'toolTooOld',
  KVMMissingCap: 'kernelLacks',
};

/** `full` when the C library's words for ENOSPC, EDQUOT or EFBIG are in the text (QEMU runs with LC_ALL=C), else `io`. */
export function faultFromText(about: { readonly stage: string; readonly message: string }): Fault {
  const code = /No space left on device|Disk quota exceeded|File too large/.test(about.message)
    ? 'full'
    : 'io';
  return { code, stage: about.stage, message: about.message.slice(0, 2000) };
}

export function faultFromQmp(about: {
  readonly stage: string;
  readonly command: string;
  readonly error: QmpError;
}): Fault {
  const message = `${about.command}: ${about.error.desc}`.slice(0, 2000);
  const code = codes[about.error.class];
  return code === undefined ? faultFromText({ stage: about.stage, message }) : { ...about, code, message };
}
