// The outputs of the X server as `xrandr --verbose` tells them (RandR 1.2 and later). Its text grows with what is plugged
// in, so reading is bounded, and a line that is none of the known ones is passed over: nothing here may fail.
import { type Monitor, readEdid, type Size } from './edid';

export type { Monitor, Size } from './edid';

export interface Box extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Mode extends Size {
  /** xrandr's own number of it: names come twice. */
  readonly id: string;
  readonly hertz: number;
  readonly preferred: boolean;
}

export interface Output {
  readonly name: string;
  readonly connected: boolean;
  readonly primary: boolean;
  /** Where its picture lies on the X screen, turned as the monitor is; null: it is dark. */
  readonly at: Box | null;
  /** The mode's id while it is lit. */
  readonly mode: string | null;
  /** Turned by a quarter: its modes are named lying, its picture stands. */
  readonly turned: boolean;
  readonly modes: readonly Mode[];
  readonly monitor: Monitor | null;
  readonly millimetres: Size | null;
}

const maxOutputs = 32;
const maxModes = 256;
const maxSide = 16_384;

const headPattern =
  /^(\S{1,40}) (connected|disconnected|unknown connection)( primary)?(?: (\d+)x(\d+)\+(\d+)\+(\d+) \((0x[0-9a-f]+)\) (normal|left|inverted|right))?/;
const glassPattern = / (\d{1,5})mm x (\d{1,5})mm/;
const modePattern = /^ {2}\S+ \((0x[0-9a-f]+)\)\s+[\d.]+MHz(.*)$/;
const widthPattern = /^\s+h: width\s+(\d+)\b/;
const heightPattern = /^\s+v: height\s+(\d+)\b.*clock\s+([\d.]+)Hz/;
const hexPattern = /^\t\t([0-9a-f]{32})$/;

interface Reading extends Omit<Output, 'modes' | 'monitor'> {
  readonly modes: Mode[];
  readonly edid: string[];
}

export function parseOutputs(said: string): Output[] {
  const outputs: Reading[] = [];
  let mode: { id: string; preferred: boolean; width: number } | null = null;
  let inEdid = false;
  for (const line of said.split('\n')) {
    const head = headPattern.exec(line);
    if (head !== null) {
      if (outputs.length >= maxOutputs) break;
      outputs.push(outputOf(line, head));
      [mode, inEdid] = [null, false];
      continue;
    }
    const output = outputs.at(-1);
    if (output === undefined) continue;
    const hex = inEdid ? hexPattern.exec(line) : null;
    if (hex?.[1] !== undefined && output.edid.length < 8) output.edid.push(hex[1]);
    if (line.startsWith('\t') && !line.startsWith('\t\t')) inEdid = line.startsWith('\tEDID:');
    const named = modePattern.exec(line);
    if (named?.[1] !== undefined) {
      mode = { id: named[1], preferred: (named[2] ?? '').includes('+preferred'), width: 0 };
    }
    const width = widthPattern.exec(line);
    if (width !== null && mode !== null) mode.width = Number(width[1]);
    const height = heightPattern.exec(line);
    if (height !== null && mode !== null) {
      const whole = turnedBy(output.turned, { width: mode.width, height: Number(height[1]) });
      const read = { id: mode.id, preferred: mode.preferred, ...whole, hertz: Number(height[2]) };
      if (isSide(read.width) && isSide(read.height) && output.modes.length < maxModes)
        output.modes.push(read);
      mode = null;
    }
  }
  return outputs.map(({ edid, ...output }) => ({
    ...output,
    monitor: readEdid(Buffer.from(edid.join(''), 'hex')),
  }));
}

function outputOf(line: string, head: RegExpExecArray): Reading {
  const [, name = '', state, primary, width, height, x, y, mode, turn] = head;
  const at = { x: Number(x), y: Number(y), width: Number(width), height: Number(height) };
  const glass = glassPattern.exec(line);
  const millimetres = { width: Number(glass?.[1] ?? 0), height: Number(glass?.[2] ?? 0) };
  return {
    name,
    // What nobody can tell may well be a screen, as long as it is lit.
    connected: state === 'connected' || (state === 'unknown connection' && mode !== undefined),
    primary: primary !== undefined,
    at: mode === undefined || !isSide(at.width) || !isSide(at.height) ? null : at,
    mode: mode ?? null,
    turned: turn === 'left' || turn === 'right',
    modes: [],
    millimetres: millimetres.width >= 50 && millimetres.height >= 50 ? millimetres : null,
    edid: [],
  };
}

function turnedBy(turned: boolean, size: Size): Size {
  return turned ? { width: size.height, height: size.width } : size;
}

function isSide(pixels: number): boolean {
  return pixels >= 1 && pixels <= maxSide;
}

/**
 * What a preference is remembered by: the monitor itself where it says who it is, else the plug it is on. Three heads on
 * one monitor say the same, so that they share one preference.
 */
export function monitorKey(output: Output): string {
  const { monitor, name } = output;
  return monitor === null ? `plug:${name}` : `${monitor.model}:${monitor.serial.toString(16)}`;
}
