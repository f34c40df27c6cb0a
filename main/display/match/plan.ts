// Decides how the guest's picture and this PC's screens are brought together. Pure: from what the outputs say, what the
// guest can do, what was chosen for this monitor before and how large the guest was when it was left.
//
//   guest           chosen        modes of the output                    plan
//   can follow      -             -                                      guestFollows: the output as it was found
//   can follow      larger        -                                      guestFollows with half the pixels, each twice as large
//   cannot          -             the found one is a whole multiple      scaled, sharp and full
//   cannot          -             one equal to the guest                 screenFollows
//   cannot          -             larger ones of nearly its aspect       screenFollows: the smallest, scaled in it
//   cannot          -             others                                 scaled in the output as it was found
//   size unknown    -             -                                      scaled: the viewer keeps the aspect by itself
// A choice that this PC cannot carry out falls back to the line without one. Where modes may not be set (a window on
// somebody's desk, an X server without RandR, a refused mode) screenFollows is left out.
import type { DisplayChoice, Way } from '../../../preload/contract/controls';
import { aspectDistance, centred, isSame, isWithin, largest, sharp, wholeFactor } from './fitting';
import { type Box, type Mode, monitorKey, type Output, type Size } from './outputs';

export interface GuestScreen {
  /** Something in it gives its screen another size when it is asked to. */
  readonly follows: boolean;
  /** Now, or when it was left; null while nobody knows. */
  readonly size: Size | null;
}

/** What is remembered of a monitor. */
export interface Remembered {
  /** monitorKey of the output. */
  readonly monitor: string;
  readonly way: Way;
  /** RFC 3339 UTC: of two plugged in, the guest goes to the one that was chosen last. */
  readonly at: string;
}

export interface Asked {
  /** As the X server tells them; empty where it has no RandR. */
  readonly outputs: readonly Output[];
  /** The whole X screen. */
  readonly screen: Size;
  /** Output name -> the mode it had before we set one. */
  readonly found: Readonly<Record<string, string>>;
  readonly maySetModes: boolean;
  readonly guest: GuestScreen;
  readonly remembered: readonly Remembered[];
  /** Modes that the server would not set: output and id, joined by a space. */
  readonly refused: readonly string[];
  /** Chosen by hand just now, to be tried; null: what is remembered counts. */
  readonly trying: DisplayChoice | null;
}

export interface Placed {
  readonly output: string;
  readonly mode: string;
  readonly at: Box;
}

export interface Plan {
  readonly way: Way;
  /** Where the guest is; null: the X server names no output. */
  readonly output: string | null;
  readonly monitor: string | null;
  /** Every output that is to be lit, the guest's first. Empty: nothing is to be changed. */
  readonly layout: readonly Placed[];
  /** Outputs that are lit although nothing is plugged in. */
  readonly dark: readonly string[];
  /** The guest's output. */
  readonly place: Box;
  /** The viewer's window. The place itself: the viewer is full screen, fills it and keeps the guest's aspect. */
  readonly window: Box;
  /** Where its picture lies in the end; `window` while nobody knows the guest's size. */
  readonly picture: Box;
  /** The guest's screen is to have `window` divided by so much; null: its size is left alone. */
  readonly guestZoom: 1 | 2 | null;
  /** What a person can choose here, this one included. */
  readonly choices: readonly Way[];
  /** Outputs that the guest could be on, with what their monitors call themselves. */
  readonly outputs: readonly { readonly name: string; readonly monitor: string | null }[];
}

export function planMatch(asked: Asked): Plan {
  const usable = asked.outputs.filter(({ connected, modes }) => connected && modes.length > 0);
  const output = outputFor(asked, usable);
  if (output === null) return withoutOutputs(asked);
  const found = modeAsFound(asked, output);
  const choices = choicesOn({ asked, output, found });
  const wanted = wantedOn(asked, output);
  const way = wanted !== null && choices.includes(wanted) ? wanted : wayByItself({ asked, output, found });
  const mode = (way === 'screenFollows' ? modeForGuest(asked, output) : null) ?? found;
  const layout = layOut({ asked, usable, output, mode });
  const [first] = layout;
  const place = first?.at ?? output.at ?? { x: 0, y: 0, ...asked.screen };
  const dark = asked.outputs.filter(({ connected, at }) => !connected && at !== null).map(({ name }) => name);
  return {
    ...{ way, output: output.name, monitor: monitorKey(output), place, choices, dark },
    outputs: usable.map(({ name, monitor }) => ({ name, monitor: monitor?.name ?? null })),
    // Nothing is set where everything is as it should be: a screen that is set anew goes black for a second.
    layout: dark.length === 0 && isSoAlready(layout, asked.outputs) ? [] : layout,
    ...shownIn({ way, place, size: asked.guest.size }),
  };
}

function withoutOutputs({ screen, guest, trying, remembered }: Asked): Plan {
  const place = { x: 0, y: 0, ...screen };
  const choices = choicesInside(guest, place);
  const wanted = trying?.way ?? remembered.find(({ monitor }) => monitor === 'screen')?.way ?? null;
  const byItself: Way = guest.follows ? 'guestFollows' : 'scaled';
  const way = wanted !== null && choices.includes(wanted) ? wanted : byItself;
  return {
    ...{ way, output: null, monitor: 'screen', layout: [], dark: [], place, choices, outputs: [] },
    ...shownIn({ way, place, size: guest.size }),
  };
}

/** Chosen by hand, else chosen last for a monitor that is here, else the first one that the server prefers. */
function outputFor({ trying, remembered }: Asked, usable: readonly Output[]): Output | null {
  const byHand = usable.find(({ name }) => name === trying?.output);
  if (byHand !== undefined) return byHand;
  const latest = [...remembered].sort((one, other) => other.at.localeCompare(one.at));
  for (const { monitor } of latest) {
    const known = usable.find((output) => monitorKey(output) === monitor);
    if (known !== undefined) return known;
  }
  const area = ({ at }: Output): number => (at === null ? 0 : at.width * at.height);
  const [largest] = [...usable].sort((one, other) => area(other) - area(one));
  return usable.find(({ primary, at }) => primary && at !== null) ?? largest ?? null;
}

function wantedOn({ trying, remembered }: Asked, output: Output): Way | null {
  if (trying !== null) return trying.way;
  return remembered.find(({ monitor }) => monitor === monitorKey(output))?.way ?? null;
}

/** Before we set anything. One that was dark: what the monitor is made for, else its largest. */
function modeAsFound({ found }: Asked, output: Output): Mode | null {
  const { modes, monitor } = output;
  const native = monitor?.native ?? null;
  const area = (mode: Mode): number => mode.width * mode.height;
  const [largest] = [...modes].sort((one, other) => area(other) - area(one));
  return (
    modes.find(({ id }) => id === found[output.name]) ??
    modes.find(({ id }) => id === output.mode) ??
    modes.find(({ preferred }) => preferred) ??
    modes.find((mode) => native !== null && isSame(mode, native)) ??
    largest ??
    null
  );
}

interface Here {
  readonly asked: Asked;
  readonly output: Output;
  readonly found: Mode | null;
}

function wayByItself({ asked, output, found }: Here): Way {
  const { guest } = asked;
  if (guest.follows) return 'guestFollows';
  if (guest.size === null || found === null) return 'scaled';
  const factor = wholeFactor(guest.size, found);
  const whole = { width: guest.size.width * factor, height: guest.size.height * factor };
  if (isSame(whole, found)) return 'scaled';
  return modeForGuest(asked, output) === null ? 'scaled' : 'screenFollows';
}

/** Aspects that differ by less look the same: 1366x768 is one of 16:9. */
const sameAspect = 0.02;

/** The one equal to the guest; else of the larger ones with nearly its aspect the smallest. */
function modeForGuest(asked: Asked, output: Output): Mode | null {
  const { size } = asked.guest;
  const found = modeAsFound(asked, output);
  if (size === null || found === null || !asked.maySetModes) return null;
  // What the monitor is made for is how it was found: nothing beyond that is asked of it.
  const modes = output.modes.filter(
    (mode) => isWithin(mode, found) && !asked.refused.includes(`${output.name} ${mode.id}`),
  );
  const better = (one: Mode, other: Mode): number =>
    one.width * one.height - other.width * other.height || other.hertz - one.hertz;
  const equal = modes.filter((mode) => isSame(mode, size)).sort(better)[0];
  if (equal !== undefined) return equal;
  const larger = modes.filter((mode) => isWithin(size, mode) && aspectDistance(mode, size) < sameAspect);
  return larger.sort(better)[0] ?? null;
}

function choicesOn({ asked, output, found }: Here): Way[] {
  const place = found ?? asked.screen;
  const inside = choicesInside(asked.guest, place);
  const canSet = !asked.guest.follows && modeForGuest(asked, output) !== null;
  return canSet ? [...inside, 'screenFollows'] : inside;
}

/** Half of a screen must still be a screen. */
const leastSize: Size = { width: 800, height: 500 };

function choicesInside({ follows, size }: GuestScreen, place: Size): Way[] {
  const half = { width: place.width / 2, height: place.height / 2 };
  if (follows) return isWithin(leastSize, half) ? ['guestFollows', 'larger'] : ['guestFollows'];
  return size !== null && isWithin(size, place) ? ['scaled', 'oneToOne'] : ['scaled'];
}

/** The guest's at the top left; what else is plugged in goes to the right of it, so that no two lie over each other. */
function layOut(about: {
  readonly asked: Asked;
  readonly usable: readonly Output[];
  readonly output: Output;
  readonly mode: Mode | null;
}): Placed[] {
  const { asked, output, mode } = about;
  if (mode === null) return [];
  const others = about.usable.filter((other) => other !== output);
  const layout: Placed[] = [placed(output, mode, 0)];
  let right = mode.width;
  for (const other of others) {
    const its = modeAsFound(asked, other);
    if (its === null) continue;
    layout.push(placed(other, its, right));
    right += its.width;
  }
  return layout;
}

function placed(output: Output, mode: Mode, x: number): Placed {
  return {
    output: output.name,
    mode: mode.id,
    at: { x, y: 0, width: mode.width, height: mode.height },
  };
}

function isSoAlready(layout: readonly Placed[], outputs: readonly Output[]): boolean {
  return layout.every(({ output, mode, at }) => {
    const is = outputs.find(({ name }) => name === output);
    return is?.mode === mode && is.at !== null && is.at.x === at.x && is.at.y === at.y;
  });
}

function shownIn(about: {
  readonly way: Way;
  readonly place: Box;
  readonly size: Size | null;
}): Pick<Plan, 'window' | 'picture' | 'guestZoom'> {
  const { way, place, size } = about;
  switch (way) {
    case 'guestFollows':
      return { window: place, picture: place, guestZoom: 1 };
    case 'larger':
      return { window: place, picture: place, guestZoom: 2 };
    case 'screenFollows':
    case 'scaled': {
      if (size === null) return { window: place, picture: place, guestZoom: null };
      const exact = sharp(size, place);
      return { window: exact ?? place, picture: exact ?? largest(size, place), guestZoom: null };
    }
    case 'oneToOne': {
      const window = size === null ? place : centred(size, place);
      return { window, picture: window, guestZoom: null };
    }
  }
}

export function isSameBox(one: Box, other: Box): boolean {
  return (['x', 'y', 'width', 'height'] as const).every((side) => one[side] === other[side]);
}
