// What a person types, as the keys of a US keyboard that QMP's send-key presses (qapi/ui.json, QKeyCode). Pure.

const named: Readonly<Record<string, string>> = {
  ' ': 'spc',
  '\n': 'ret',
  '\t': 'tab',
  '\b': 'backspace',
  '-': 'minus',
  '=': 'equal',
  '[': 'bracket_left',
  ']': 'bracket_right',
  ';': 'semicolon',
  "'": 'apostrophe',
  '`': 'grave_accent',
  '\\': 'backslash',
  ',': 'comma',
  '.': 'dot',
  '/': 'slash',
};

/** What Shift makes of a key. */
const shifted: Readonly<Record<string, string>> = Object.fromEntries(
  [...'~!@#$%^&*()_+{}|:"<>?'].map((sign, at) => [sign, [..."`1234567890-=[]\\;',./"][at] ?? sign]),
);

/** One group of keys a character, pressed together. Throws for what a US keyboard does not have. */
export function keysOf(text: string): string[][] {
  return [...text].map((sign) => {
    const upper = sign >= 'A' && sign <= 'Z';
    const plain = upper ? sign.toLowerCase() : (shifted[sign] ?? sign);
    const key = named[plain] ?? (/^[a-z0-9]$/.test(plain) ? plain : undefined);
    if (key === undefined) throw new Error(`a US keyboard has no key for ${JSON.stringify(sign)}`);
    return plain === sign ? [key] : ['shift', key];
  });
}

/** Linux's own numbers of these keys (input-event-codes.h), in rows as they lie on the keyboard. */
const rows: Readonly<Record<number, string>> = { 16: 'qwertyuiop', 30: 'asdfghjkl', 44: 'zxcvbnm', 57: ' ' };

/** What a program that notes keys would have of a text of small letters and spaces: Linux's numbers, and X's. */
export function keyCodesOf(text: string): Record<'key codes' | 'key codes of X', Buffer> {
  const codes = [...text].map((sign) => {
    const row = Object.entries(rows).find(([, signs]) => signs.includes(sign));
    if (row === undefined) throw new Error(`no key code is known for ${JSON.stringify(sign)}`);
    return Number(row[0]) + row[1].indexOf(sign);
  });
  // X counts from 8 (X11 protocol, Keyboards).
  return { 'key codes': Buffer.from(codes), 'key codes of X': Buffer.from(codes.map((code) => code + 8)) };
}
