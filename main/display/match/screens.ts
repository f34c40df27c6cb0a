// The X server's outputs, read and set by xrandr. It decides nothing (plan.ts does), reads bounded, and believes only
// what it reads back: a driver may say yes and show something else. xrandr(1), RandR 1.2 and later.
import type { Fault } from '../../../preload/contract/fault';
import { fail, ok, type Result } from '../../../preload/contract/result';
import { run } from '../../process/run';
import { screenOf, type XAddress, xEnvironment } from '../x-windows';
import { isSame } from './fitting';
import { type Output, parseOutputs, type Size } from './outputs';
import type { Placed, Plan } from './plan';

const stage = 'display.screens';

export interface Screens {
  /** Empty where the server has no RandR: then the whole screen is all there is. */
  readonly outputs: readonly Output[];
  readonly screen: Size;
}

/** Faults: displayLacks, toolMissing, timeout: the server does not answer at all. */
export async function readScreens(x: XAddress): Promise<Result<Screens>> {
  const root = await screenOf(x);
  if (!root.ok) return root;
  const { width, height } = root.value;
  const said = await xrandr(x, ['--verbose']);
  const outputs = said.ok ? parseOutputs(said.value.stdout.toString('latin1')) : [];
  return ok({ outputs, screen: { width, height } });
}

/**
 * Sets what the plan says. Fault displayLacks: the guest's output did not take its mode (`Refused` names it), and what
 * was there before is there again. Others that refuse are left as they are.
 */
export async function setScreens(x: XAddress, plan: Plan): Promise<Result<Screens>> {
  const [first] = plan.layout;
  const before = await readScreens(x);
  if (!before.ok || first === undefined) return before;
  const dark = plan.dark.flatMap((name) => ['--output', name, '--off']);
  const all = await xrandr(x, [
    ...dark,
    ...plan.layout.flatMap(argumentsFor),
    '--output',
    first.output,
    '--primary',
  ]);
  if (!all.ok) await xrandr(x, [...dark, ...argumentsFor(first)]);
  const after = await readScreens(x);
  if (!after.ok || isSet(first, after.value)) return after;
  await putBack(x, before.value);
  const message = `${refusedName(first)}: the X server did not take ${first.at.width}x${first.at.height}`;
  return fail({ code: 'displayLacks', stage, message } satisfies Fault);
}

/**
 * Which of the monitors that programs count (RandR 1.5, the order that GTK takes too) shows this output, from 0. 0 where
 * nobody can tell: with one screen it is that one.
 */
export async function monitorNumber(x: XAddress, output: string | null): Promise<number> {
  if (output === null) return 0;
  const said = await xrandr(x, ['--listactivemonitors']);
  return said.ok ? parseMonitorNumber(said.value.stdout.toString('latin1'), output) : 0;
}

/** ` 1: +*HDMI-1 1920/510x1080/290+0+0  HDMI-1`: the outputs that a monitor is made of stand at its end. */
export function parseMonitorNumber(said: string, output: string): number {
  for (const line of said.split('\n').slice(0, 64)) {
    const [, number, names] = /^ (\d{1,2}): \S+ \S+ {2}(.*)$/.exec(line) ?? [];
    if (number !== undefined && (names ?? '').split(' ').includes(output)) return Number(number);
  }
  return 0;
}

/** How plan.ts names a mode that is not to be asked for again. */
export function refusedName({ output, mode }: Placed): string {
  return `${output} ${mode}`;
}

function isSet({ output, mode, at }: Placed, { outputs }: Screens): boolean {
  const is = outputs.find(({ name }) => name === output);
  return is?.mode === mode && is.at !== null && isSame(is.at, at) && is.at.x === at.x && is.at.y === at.y;
}

async function putBack(x: XAddress, { outputs }: Screens): Promise<void> {
  const lit = outputs.flatMap(({ name, mode, at }) =>
    mode === null || at === null ? [] : argumentsFor({ output: name, mode, at }),
  );
  await xrandr(x, lit);
}

function argumentsFor({ output, mode, at }: Placed): string[] {
  return ['--output', output, '--mode', mode, '--pos', `${at.x}x${at.y}`];
}

/** Three things that a driver may need for one change take seconds on old PCs. */
function xrandr(x: XAddress, args: readonly string[]): ReturnType<typeof run> {
  return run({
    program: 'xrandr',
    args,
    stage,
    env: xEnvironment(x),
    timeoutMs: 15_000,
    maxOutputBytes: 1 << 20,
  });
}
