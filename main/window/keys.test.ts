import { expect, it } from 'vitest';
import { isSwallowed } from './keys';

const press = (key: string, held: readonly string[] = []) => ({
  key,
  control: held.includes('control'),
  alt: held.includes('alt'),
  meta: held.includes('meta'),
  modifiers: held,
});

it.each([
  ['r', ['control']],
  ['R', ['control', 'shift']],
  ['I', ['control', 'shift']],
  ['+', ['control']],
  ['0', ['control']],
  ['p', ['control']],
  ['w', ['control']],
  ['q', ['control']],
  ['F5', []],
  ['F11', []],
  ['F12', []],
  ['F4', ['alt']],
  ['ArrowLeft', ['alt']],
  ['l', ['meta']],
  ['BrowserBack', []],
])('swallows %s with %j', (key, held) => {
  expect(isSwallowed(press(key, held))).toBe(true);
});

it.each([
  ['a', []],
  ['F', ['shift']],
  ['f', []],
  ['v', ['control']],
  ['h', ['control']],
  ['Backspace', ['control']],
  ['Tab', []],
  ['Enter', []],
  ['Escape', []],
  ['@', ['alt', 'altgr']],
  ['AltGraph', []],
])('lets %s with %j type and edit', (key, held) => {
  expect(isSwallowed(press(key, held))).toBe(false);
});
