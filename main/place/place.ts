// Where we are: stick, desk or virtual. Decided once, at start, here; everything else is told what it may do.
// | marker file | a display that answers | place   |
// | yes         | -                      | stick   |
// | no          | yes                    | desk    |
// | no          | no                     | virtual |
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { type Place, placeSchema } from '../../preload/contract/view';
import { run } from '../process/run';

export const stickMarker = '/etc/soulpad/stick';

/** What starts Electron tells it the place by this variable. */
export const placeVariable = 'SOULPAD_PLACE';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Found {
  readonly place: Place;
  /** Which kind of display answered. */
  readonly desktop: 'x11' | 'wayland' | null;
}

/** Asks the file system and the display servers that the environment names. */
export async function findPlace(environment: Environment, marker = stickMarker): Promise<Found> {
  const stick = existsSync(marker);
  const desktop = (await answersX(environment))
    ? 'x11'
    : (await answersWayland(environment))
      ? 'wayland'
      : null;
  return { place: stick ? 'stick' : desktop === null ? 'virtual' : 'desk', desktop };
}

/** The place as launch told it, null when we were not started by launch. */
export function toldPlace(environment: Environment): Place | null {
  const told = placeSchema.safeParse(environment[placeVariable]);
  return told.success ? told.data : null;
}

async function answersX(environment: Environment): Promise<boolean> {
  const display = environment.DISPLAY;
  if (display === undefined || display === '') return false;
  const authority = environment.XAUTHORITY;
  const asked = await run({
    program: 'xprop',
    args: ['-root', '-notype', '_NET_SUPPORTED'],
    stage: 'place.find',
    env: { DISPLAY: display, ...(authority === undefined ? {} : { XAUTHORITY: authority }) },
    timeoutMs: 30_000,
  });
  return asked.ok;
}

function answersWayland(environment: Environment): Promise<boolean> {
  const name = environment.WAYLAND_DISPLAY;
  if (name === undefined || name === '') return Promise.resolve(false);
  const path = name.startsWith('/') ? name : join(environment.XDG_RUNTIME_DIR ?? '/', name);
  return new Promise((resolve) => {
    const socket = connect(path);
    const answer = (is: boolean): void => {
      socket.destroy();
      resolve(is);
    };
    socket.setTimeout(3_000, () => answer(false));
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}
