// The two guests that set-up can give: what a person does in them, and how one sees that it is still there after waking.
// The desktop is judged by its pixels, the witness also by what it says of its own memory.
import { expect } from '@playwright/test';
import type { Desk } from '../support/kiosk';
import { until } from '../support/system';
import { listenToWitness, type Tick } from '../support/witness';
import type { Album } from './album';
import { settle } from './first-run';
import { atRest, differing, keep, type Shot, shotOf } from './screen-image';

export interface TourGuest {
  readonly name: string;
  /** The desktop is up for the first time. */
  comeUp(): Promise<void>;
  /** Something is typed and not saved. */
  write(): Promise<void>;
  /** Remembers what is there, just before the guest is put to sleep. */
  remember(): Promise<void>;
  /** The same is there, and typing goes on. */
  goOn(words: string): Promise<void>;
}

export interface TourStage {
  readonly desk: Desk;
  readonly album: Album;
  readonly serialSocket: () => string;
}

/** Software emulation on a busy machine. */
const patienceMs = 15 * 60_000;
/** More pixels than these few lines have would be another picture. */
const letters = 4_000;
/** The third icon of the panel, on the tour's screen of 1280x800. */
const editorInPanel = [100, 778] as const;

export function desktopGuest({ desk, album }: TourStage): TourGuest {
  let remembered: Shot | null = null;
  const launch = async (act: () => void | Promise<void>): Promise<Shot> => {
    const before = keep(desk, shotOf(desk, 'before'), 'before-act');
    await act();
    return atRest(desk, { unlike: before, withinMs: patienceMs });
  };
  return {
    name: 'small Debian desktop',
    comeUp: async () => {
      const up = album.clock('the desktop starts for the first time', 'waits');
      await atRest(desk, { desktop: true, withinMs: patienceMs });
      up();
      album.take('desktop', 'The Debian desktop, for the first time');
    },
    write: async () => {
      await launch(async () => {
        desk.point(...editorInPanel);
        await settle(); // nobody clicks before the pointer has arrived
        desk.click();
      });
      await launch(() => {
        desk.type('Dear Ana,');
        desk.press('Return', 'Return');
        desk.type('I begin this letter on one PC');
      });
      album.take('typed', 'Text typed in an editor, saved nowhere');
    },
    remember: async () => {
      desk.point(640, 700);
      remembered = keep(desk, await atRest(desk, { withinMs: patienceMs }), 'remembered');
    },
    goOn: async (words) => {
      if (remembered === null) throw new Error('nothing was remembered');
      const woken = keep(desk, await atRest(desk, { desktop: true, withinMs: patienceMs }), 'woken');
      expect(differing(remembered, woken), 'pixels that differ after waking').toBeLessThan(letters);
      album.take('same-text', 'The same text again');
      await launch(() => desk.type(words));
      album.take('typing-goes-on', 'Typing goes on');
    },
  };
}

/** Stands in for the desktop where set-up offers none: it counts, and shows what is typed. */
export function witnessGuest({ desk, album, serialSocket }: TourStage): TourGuest {
  let remembered: Tick | null = null;
  const listen = () => listenToWitness(serialSocket(), patienceMs);
  const typed = async (words: string): Promise<void> => {
    const witness = await listen();
    desk.type(words);
    await until('the guest heard the keys', () => witness.keys.length >= words.length, patienceMs);
    witness.close();
  };
  return {
    name: 'the tiny test guest',
    comeUp: async () => {
      const up = album.clock('the test guest starts for the first time', 'waits');
      const witness = await listen();
      await witness.tick(({ n }) => n >= 3);
      witness.close();
      up();
      album.take('guest', 'The guest, for the first time');
    },
    write: async () => {
      await typed('dear ana');
      album.take('typed', 'Keys typed into the guest');
    },
    remember: async () => {
      const witness = await listen();
      remembered = await witness.tick();
      witness.close();
    },
    goOn: async (words) => {
      if (remembered === null) throw new Error('nothing was remembered');
      const witness = await listen();
      const woken = await witness.tick();
      witness.close();
      expect(woken).toMatchObject({ nonce: remembered.nonce, ram: 'ok', disk: 'ok' });
      expect(woken.n).toBeGreaterThan(remembered.n);
      album.take('same-guest', 'The same guest goes on counting');
      await typed(words);
      album.take('typing-goes-on', 'Typing goes on');
    },
  };
}
