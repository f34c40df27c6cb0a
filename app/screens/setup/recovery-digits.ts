// The recovery key as the screens see it: 48 ASCII digits in eight groups of six. What is typed back may be in the digits
// of the person's own script, with spaces between. Whether it is right, main says.

export const groupCount = 8;
export const digitsOfGroup = 6;

/** Null when these are not 48 digits. */
export function groupsOf(key: Uint8Array): string[] | null {
  const digits = new TextDecoder().decode(key);
  if (!/^[0-9]{48}$/.test(digits)) return null;
  return digits.match(/[0-9]{6}/g);
}

/** The zeros of the scripts whose keyboards people here have: ASCII, Arabic, Persian and Urdu, Devanagari, full width. */
const zeros = [0x30, 0x660, 0x6f0, 0x966, 0xff10];

/** The digits of a text as ASCII; everything else is left out. */
export function asciiDigits(typed: string): string {
  let digits = '';
  for (const sign of typed) {
    const code = sign.codePointAt(0) ?? 0;
    const zero = zeros.find((each) => code >= each && code <= each + 9);
    if (zero !== undefined) digits += String(code - zero);
  }
  return digits;
}
