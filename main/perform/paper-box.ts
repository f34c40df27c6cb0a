// Keeps what reaches a backup from the questions where it is given to the work that uses it: the address, which may hold
// a password, and the recovery key from the paper. Wiped when the person goes back, when all is restored, and when nothing
// happens for half an hour.
import type { ReadLocation } from '../backup/backup';
import { copyOfSecret } from '../process/secret-bytes';
import { forgetLater } from './forget-later';

export interface PaperBox {
  place(where: ReadLocation): void;
  where(): ReadLocation | null;
  /** Takes over 48 ASCII digits; ones that still lay here are wiped. */
  keepRecovery(digits: Uint8Array): void;
  /** A copy, which the caller wipes. */
  recovery(): Uint8Array<ArrayBuffer> | null;
  forget(): void;
}

export function paperBox(about: {
  /** They lay too long and were wiped. */
  readonly onForgotten: () => void;
  readonly testOnlyForgetAfterMs?: number;
}): PaperBox {
  let where: ReadLocation | null = null;
  let recovery: Uint8Array | null = null;
  const forget = (): void => {
    stop();
    recovery?.fill(0);
    recovery = null;
    where = null;
  };
  const { stillUsed, stop } = forgetLater({ ...about, forget });
  return {
    forget,
    place: (given) => {
      forget();
      where = given;
      stillUsed();
    },
    where: () => where,
    keepRecovery: (digits) => {
      recovery?.fill(0);
      recovery = digits;
      stillUsed();
    },
    recovery: () => {
      if (recovery === null) return null;
      stillUsed();
      return copyOfSecret(recovery);
    },
  };
}
