import { deflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { likenessOf, showsNothing } from './likeness';
import { readScreen } from './png';
import { pngOf } from './png.fixture';

const width = 16;
const height = 4;
const dots = Buffer.from(Array.from({ length: width * height * 3 }, (_, at) => (at * 37) % 256));
const screen = { width, height, dots };

test('A picture that was written is read dot for dot', () => {
  expect(readScreen(pngOf(screen))).toEqual(screen);
});

test.each([1, 2, 3, 4])('Filter %i of the specification is undone', (filter) => {
  // Rows of one colour: every filter but the first has then nothing left to say after the first dot.
  const stride = width * 3;
  const packed = Buffer.alloc((stride + 1) * height);
  for (let row = 0; row < height; row++) packed[row * (stride + 1)] = filter;
  packed.set([9, 9, 9], 1);
  const png = pngOf(screen);
  const data = deflateSync(packed);
  const at = png.indexOf('IDAT') - 4;
  const rest = png.subarray(at + 12 + png.readUInt32BE(at));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const made = Buffer.concat([png.subarray(0, at), length, Buffer.from('IDAT'), data, Buffer.alloc(4), rest]);
  const read = readScreen(made);
  expect(read?.dots.subarray(0, 3)).toEqual(Buffer.from([9, 9, 9]));
  expect(read?.dots.length).toBe(stride * height);
});

test('What is cut, too large, or unpacks to something else is no picture', () => {
  const png = pngOf(screen);
  expect(readScreen(png.subarray(0, 60))).toBeNull();
  const large = Buffer.from(png);
  large.writeUInt32BE(16_000, 16);
  expect(readScreen(large)).toBeNull();
  const longer = Buffer.from(png);
  longer.writeUInt32BE(height + 1, 20);
  expect(readScreen(longer)).toBeNull();
});

test('Screens are alike by their dots, and one of one colour shows nothing', () => {
  expect(likenessOf(screen, screen)).toBe(1);
  const black = { width, height, dots: Buffer.alloc(dots.length) };
  expect(likenessOf(screen, black)).toBeLessThan(0.2);
  expect(likenessOf(screen, { ...screen, width: 8, height: 8 })).toBe(0);
  expect(showsNothing(black)).toBe(true);
  expect(showsNothing(screen)).toBe(false);
});
