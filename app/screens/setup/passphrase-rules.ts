// What a passphrase may be, said while it is typed; main checks the same again before it makes a vault. Pure, and of
// bounded cost: the field's `mostTyped` cuts what is pasted, and one sign more than is allowed says so.

/** As in the paper (section 3.2): characters (code points) after NFC. */
export const least = 20;
const mostBytes = 1024;
/** For the field: enough to see that it is too long. UTF-16 units, never more than the bytes of the same text. */
export const mostTyped = mostBytes + 1;

export type Broken =
  | { readonly rule: 'empty' | 'control' | 'brokenLetter' | 'tooLong' }
  | { readonly rule: 'tooShort'; readonly missing: number };

/** Null when all rules are kept; else the first that is not. */
export function brokenRule(typed: string): Broken | null {
  if (typed === '') return { rule: 'empty' };
  if (typed.length > mostBytes) return { rule: 'tooLong' };
  // No key types them, and some of them end a text for other programs.
  if (/\p{Cc}/u.test(typed)) return { rule: 'control' };
  // Half of a pair: it has no UTF-8, so it would silently become another sign.
  if (/\p{Cs}/u.test(typed)) return { rule: 'brokenLetter' };
  const composed = typed.normalize('NFC');
  if (new TextEncoder().encode(composed).byteLength > mostBytes) return { rule: 'tooLong' };
  const missing = least - [...composed].length;
  return missing > 0 ? { rule: 'tooShort', missing } : null;
}
