import { expect, it } from 'vitest';
import { covers, parseGeometry, parsePid, parseWindowIds } from './x-windows';

it('reads window ids, also when there are none', () => {
  expect(parseWindowIds('_NET_CLIENT_LIST(WINDOW): window id # 0x200003, 0x400001')).toEqual([
    '0x200003',
    '0x400001',
  ]);
  expect(parseWindowIds('_NET_SUPPORTING_WM_CHECK:  no such atom on any window.')).toEqual([]);
});

it('reads a pid, null when the window has none', () => {
  expect(parsePid('_NET_WM_PID(CARDINAL) = 4711')).toBe(4711);
  expect(parsePid('_NET_WM_PID:  not found.')).toBeNull();
});

const said = (state: string): string => `
xwininfo: Window id: 0x200003 "SoulPad"
  Absolute upper-left X:  -1
  Absolute upper-left Y:  0
  Relative upper-left X:  0
  Width: 1280
  Height: 800
  Map State: ${state}
`;

it('reads where a window is and whether it is there to be seen', () => {
  expect(parseGeometry(said('IsViewable'))).toEqual({
    x: -1,
    y: 0,
    width: 1280,
    height: 800,
    viewable: true,
  });
  expect(parseGeometry(said('IsUnMapped'))?.viewable).toBe(false);
  expect(parseGeometry('xwininfo: error')).toBeNull();
});

const screen = { x: 0, y: 0, width: 1280, height: 800 };
it.each([
  [{ ...screen, viewable: true }, true],
  [{ ...screen, viewable: false }, false],
  [{ ...screen, x: 1, viewable: true }, false],
  [{ ...screen, height: 799, viewable: true }, false],
])('%j covers the screen: %s', (window, answer) => {
  expect(covers(window, screen)).toBe(answer);
});
