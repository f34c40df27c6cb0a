// Starts the kiosk's own X server: nested in a desktop, or virtual with a VNC socket to look at. It dies with us, its
// folder goes with it, and nobody without its cookie file or socket folder can see or type into it.
import { rmSync, writeFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { fail, ok, type Result } from '../../preload/contract/result';
import { writeAuthority } from '../display/x-authority';
import { makeProcessFolder } from '../files/own-folder';
import { endChild, startBound } from '../process/bound';
import type { Child } from '../process/run';
import {
  authorityFile,
  dummyConfig,
  dummyConfigFile,
  vncSocket,
  type XServerKind,
  xServerProgram,
} from './x-server-kinds';

export type { XServerKind } from './x-server-kinds';

const stage = 'place.xServer';
const readyWithinMs = 15_000;

export interface XServer {
  readonly kind: XServerKind;
  readonly pid: number;
  /** ':7' */
  readonly display: string;
  /** Path of the Xauthority file (0600). */
  readonly authority: string;
  /** The VNC socket to look at it, null where it has a window of its own or none. */
  readonly vncSocket: string | null;
  /** Fulfils when the server is gone: `closed` when it ended itself, as it does when its window is closed. */
  readonly ended: Promise<'closed' | 'died'>;
  /** Ends it and removes its folder. */
  end(): Promise<void>;
}

/** Faults: toolMissing, displayLacks, denied. `under`: our runtime root, made here when missing. */
export async function startXServer(order: {
  readonly kind: XServerKind;
  readonly width: number;
  readonly height: number;
  readonly under: string;
  readonly fullscreen?: boolean;
  /** Default true. */
  readonly randr?: boolean;
  /** Where the nested ones show themselves: DISPLAY and XAUTHORITY, or WAYLAND_DISPLAY. */
  readonly outer?: Readonly<Record<string, string>>;
}): Promise<Result<XServer>> {
  const { kind, under } = order;
  const made = makeProcessFolder({ root: under, name: 'x', stage });
  if (!made.ok) return made;
  const folder = made.value;
  const undo = (): void => rmSync(folder, { recursive: true, force: true });
  writeAuthority(authorityFile(folder));
  if (kind === 'xorg-dummy') writeFileSync(dummyConfigFile(folder), dummyConfig(order), { mode: 0o600 });

  const what = xServerProgram(kind, {
    ...{ ...order, folder },
    ...{ fullscreen: order.fullscreen ?? false, randr: order.randr ?? true },
  });
  const started = startBound({
    ...what,
    stage,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
    onOurDeath: 'TERM',
    env: { ...order.outer },
  });
  if (!started.ok) {
    undo();
    return started;
  }
  const child = started.value;
  const said = lastWords(child);
  const number = await displayNumber(child);
  // An Xvnc too old for -rfbunixpath refuses that option and ends: it never falls back to a port.
  if (number === null || child.pid === null) {
    await endChild(child);
    undo();
    return fail({ code: 'displayLacks', stage, message: `${what.program} did not start: ${said()}` });
  }
  return ok({
    kind,
    pid: child.pid,
    display: `:${number}`,
    authority: authorityFile(folder),
    vncSocket: kind === 'xvnc' ? vncSocket(folder) : null,
    ended: child.ended.then(({ status }) => (status === 0 ? 'closed' : 'died')),
    end: async () => {
      await endChild(child, 5_000);
      undo();
    },
  });
}

/** The number that the server writes to descriptor 3 when it takes clients. */
function displayNumber(child: Child): Promise<string | null> {
  const pipe = child.process.stdio[3] as Readable | null | undefined;
  if (pipe === null || pipe === undefined) return Promise.resolve(null);
  return new Promise((resolve) => {
    let read = '';
    const answer = (is: string | null): void => {
      clearTimeout(timer);
      resolve(is);
    };
    const timer = setTimeout(() => answer(null), readyWithinMs);
    pipe.on('data', (bytes: Buffer) => {
      read = `${read}${bytes.toString('latin1')}`.slice(0, 16);
      const number = /^(\d{1,5})\n/.exec(read)?.[1];
      if (number !== undefined) answer(number);
    });
    pipe.on('error', () => answer(null));
    void child.ended.then(() => answer(null));
  });
}

/** Keeps the end of stderr for the fault; reads on, so that the server never blocks on a full pipe. */
function lastWords(child: Child): () => string {
  let tail = '';
  child.process.stderr?.on('data', (bytes: Buffer) => {
    tail = `${tail}${bytes.toString('utf8')}`.slice(-2_000);
  });
  return () => tail.trim().split('\n').slice(-3).join(' ').slice(0, 600);
}
