// What an X server says of its windows, asked with xprop and xwininfo (Debian x11-utils). The questions are answered by
// the server, never remembered: a window that says it is fullscreen may not be (EWMH, _NET_WM_STATE).
import type { Result } from '../../preload/contract/result';
import { type Ran, run } from '../process/run';

/** How to reach an X server. */
export interface XAddress {
  readonly display: string;
  /** Path of the Xauthority file, null: the user's own. */
  readonly authority: string | null;
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface XWindow extends Box {
  readonly viewable: boolean;
}

const stage = 'display.windows';

export function xEnvironment(address: XAddress): Record<string, string> {
  return {
    DISPLAY: address.display,
    ...(address.authority === null ? {} : { XAUTHORITY: address.authority }),
  };
}

function ask(address: XAddress, program: string, args: readonly string[]): Promise<Result<Ran>> {
  const env = xEnvironment(address);
  return run({ program, args, stage, env, timeoutMs: 30_000, maxOutputBytes: 64 << 10 });
}

const idPattern = /0x[0-9a-f]{1,8}/g;

/** Window ids in a line of xprop such as `_NET_CLIENT_LIST(WINDOW): window id # 0x200003, 0x400001`. */
export function parseWindowIds(said: string): string[] {
  return (said.split('#')[1] ?? '').match(idPattern) ?? [];
}

/** The number in `_NET_WM_PID(CARDINAL) = 4711`, null when it is not set. */
export function parsePid(said: string): number | null {
  const found = /_NET_WM_PID\(CARDINAL\) = (\d{1,10})/.exec(said)?.[1];
  return found === undefined ? null : Number(found);
}

/** `xwininfo`'s answer: absolute place, size, map state. */
export function parseGeometry(said: string): XWindow | null {
  const number = (label: string): number | null => {
    const found = new RegExp(`${label}:\\s+(-?\\d{1,6})\\b`).exec(said)?.[1];
    return found === undefined ? null : Number(found);
  };
  const x = number('Absolute upper-left X');
  const y = number('Absolute upper-left Y');
  const width = number('Width');
  const height = number('Height');
  if (x === null || y === null || width === null || height === null) return null;
  return { x, y, width, height, viewable: /Map State:\s+IsViewable/.test(said) };
}

export function covers(window: XWindow, screen: Box): boolean {
  return (
    window.viewable &&
    window.x <= screen.x &&
    window.y <= screen.y &&
    window.x + window.width >= screen.x + screen.width &&
    window.y + window.height >= screen.y + screen.height
  );
}

/** The root's property names a window that has it too: otherwise it is left over from a manager that was killed. */
export async function hasWindowManager(address: XAddress): Promise<boolean> {
  const root = await ask(address, 'xprop', ['-root', '_NET_SUPPORTING_WM_CHECK']);
  const id = root.ok ? parseWindowIds(root.value.stdout.toString('utf8'))[0] : undefined;
  if (id === undefined) return false;
  const check = await ask(address, 'xprop', ['-id', id, '_NET_SUPPORTING_WM_CHECK']);
  return check.ok && parseWindowIds(check.value.stdout.toString('utf8'))[0] === id;
}

/** The root window; a fault when the server does not answer. */
export async function screenOf(address: XAddress): Promise<Result<Box>> {
  const said = await ask(address, 'xwininfo', ['-root']);
  if (!said.ok) return said;
  const root = parseGeometry(said.value.stdout.toString('utf8'));
  return root === null
    ? { ok: false, fault: { code: 'displayLacks', stage, message: 'xwininfo says no size of the screen' } }
    : { ok: true, value: root };
}

/** Windows that the window manager manages and that belong to this process. */
export async function windowsOf(address: XAddress, pid: number): Promise<XWindow[]> {
  const list = await ask(address, 'xprop', ['-root', '_NET_CLIENT_LIST']);
  if (!list.ok) return [];
  const windows: XWindow[] = [];
  for (const id of parseWindowIds(list.value.stdout.toString('utf8')).slice(0, 64)) {
    const owner = await ask(address, 'xprop', ['-id', id, '_NET_WM_PID']);
    if (!owner.ok || parsePid(owner.value.stdout.toString('utf8')) !== pid) continue;
    const said = await ask(address, 'xwininfo', ['-id', id]);
    const window = said.ok ? parseGeometry(said.value.stdout.toString('utf8')) : null;
    if (window !== null) windows.push(window);
  }
  return windows;
}
