// Which engine wakes a guest and which saves it, with the reason in words: falling back is never silent.
//
//   the generation was saved by   wakes                            saves
//   full                          the full engine's reading, into  lazy, where it can be used; else full
//                                 memory the lazy one can save
//   lazy                          lazy; without it: refused        lazy, or full where that was asked for
//   nobody (switched off, new)    lazy where it can be used        the same
import { readFile } from 'node:fs/promises';
import type { EngineChoice, EngineName } from '../../preload/contract/keeper';
import { fail, ok, type Result } from '../../preload/contract/result';
import { type GuestPlace, readCurrent, readManifest } from '../generation/store';
import type { Engine } from '../guest/engine';
import { fullEngine } from '../guest/full';
import { lazyEngineWith } from '../guest/lazy';
import { findStateMap } from '../guest/state-map';

export interface Engines {
  /** Starts QEMU and brings the state back. */
  readonly wakes: Engine;
  readonly saves: Engine;
  /** Why these. */
  readonly reason: string;
}

/**
 * `library`: the mapping library, null where there is none. Fault kernelLacks: the lazy engine is needed or was asked
 * for, and cannot be used here.
 */
export async function chooseEngines(about: {
  readonly asked: EngineChoice;
  readonly place: GuestPlace;
  readonly library?: string | null;
}): Promise<Result<Engines>> {
  const { asked } = about;
  const library = about.library === undefined ? findStateMap() : about.library;
  const obstacle = library === null ? 'its mapping library is not built' : await refusedTracing();
  const lazy = obstacle === null && library !== null ? lazyEngineWith(library) : null;
  const saved = await savedBy(about.place);
  if (lazy === null) {
    const why = `the lazy engine cannot be used: ${obstacle}`;
    if (asked !== 'lazy' && saved !== 'lazy') return ok(both(fullEngine, why));
    const hint = 'run native-scripts/state-map/build, or `npm start`, which does';
    const message = saved === 'lazy' ? `the guest was saved by the lazy engine; ${why}` : why;
    return fail({ code: 'kernelLacks', stage: 'keeper.start', message, hint });
  }
  if (asked === 'full') {
    if (saved !== 'lazy') return ok(both(fullEngine, 'asked for'));
    return ok({
      wakes: lazy,
      saves: fullEngine,
      reason: 'the generation was saved by it; full saves the next',
    });
  }
  if (saved === 'full')
    return ok(both(lazy, 'the generation was saved by the full engine; from now on changes are saved'));
  return ok(both(lazy, saved === 'lazy' ? 'the generation was saved by it' : 'nothing stands in its way'));
}

/** What a keeper that takes over a running guest saves with: as the record of the killed one says. */
export function enginesOf(name: EngineName, library: string | null = findStateMap()): Engines {
  const reason = 'as its last keeper chose';
  return both(name === 'lazy' && library !== null ? lazyEngineWith(library) : fullEngine, reason);
}

function both(engine: Engine, reason: string): Engines {
  return { wakes: engine, saves: engine, reason };
}

/** The engine of the generation that wakes next; null when it was switched off, or cannot be read (said later). */
async function savedBy(place: GuestPlace): Promise<EngineName | null> {
  const current = await readCurrent(place);
  const manifest = current.ok ? await readManifest(place, current.value) : current;
  return manifest.ok ? manifest.value.engine : null;
}

/** YAMA (kernel: Documentation/admin-guide/LSM/Yama.rst): from 2 on not even a parent may read QEMU's memory. */
async function refusedTracing(): Promise<string | null> {
  const text = await readFile('/proc/sys/kernel/yama/ptrace_scope', 'latin1').catch(() => '0');
  return Number.parseInt(text, 10) >= 2 ? 'this PC lets no process read the memory of another' : null;
}
