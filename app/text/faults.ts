// The sentence for a fault, chosen by code. Plain data without React or Node, so that the CLI says the same words as
// the screen. A code without words, in any language, does not pass the type check.
import type { FaultCode } from '../../preload/contract/fault';
import type { Language } from '../../preload/contract/view';
import { arFaults } from './ar-faults';
import { enFaults } from './en-faults';
import { esFaults } from './es-faults';
import { frFaults } from './fr-faults';

export interface FaultSentences {
  /** At most 55 letters: it stands on the line. */
  readonly title: string;
  readonly happened: string;
  readonly advice: string;
}

export type FaultWords = Readonly<Record<FaultCode, FaultSentences>>;

export const faultWords: Readonly<Record<Language, FaultWords>> = {
  en: enFaults,
  es: esFaults,
  fr: frFaults,
  ar: arFaults,
};
