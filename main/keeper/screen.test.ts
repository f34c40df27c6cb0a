import { expect, it } from 'vitest';
import { sentKeysSchema } from '../../preload/contract/screen';
import { codesOf, pictureSize } from './screen';

it('reads a picture’s size from its head, and nothing from another file', () => {
  expect(pictureSize('P6\n720 400\n255\n\0\0\0')).toEqual({ width: 720, height: 400 });
  for (const head of ['', 'P5\n720 400\n255\n', 'P6\n720', 'P6\n0 400\n255\n', 'P6\n999999 1\n255\n'])
    expect(pictureSize(head)).toBeNull();
});

it('names each key as QEMU does', () => {
  expect(codesOf('ctrl-alt-delete')).toEqual(['ctrl', 'alt', 'delete']);
  expect(codesOf('ctrl-alt-f12')).toEqual(['ctrl', 'alt', 'f12']);
  expect(codesOf('print')).toEqual(['print']);
  expect(sentKeysSchema.safeParse('ctrl-alt-f13').success).toBe(false);
});
