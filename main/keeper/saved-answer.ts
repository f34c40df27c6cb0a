// What a suspend or a checkpoint answers about the generation that it made: facts of the manifest, of what the engine
// wrote, and of how long the steps took.
import type { Suspended } from '../../preload/contract/keeper';
import type { Manifest } from '../generation/manifest';
import type { SavedState } from '../guest/engine';
import type { Subject } from './session';

/** Seconds of steps together, to the millisecond. */
export type Took<Name extends string> = (...names: readonly Name[]) => number;

export function tookOf<Name extends string>(seconds: Readonly<Partial<Record<Name, number>>>): Took<Name> {
  return (...names) => toMilliseconds(names.reduce((sum, name) => sum + (seconds[name] ?? 0), 0));
}

export function toMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

/** Steps that both have. */
type Writing =
  | 'fsyncFiles'
  | 'writeManifest'
  | 'fsyncFolder'
  | 'writeCurrent'
  | 'renameCurrent'
  | 'fsyncGuestFolder'
  | 'verify';

export function savedAnswer(about: {
  readonly subject: Subject;
  readonly saved: SavedState;
  readonly manifest: Manifest;
  readonly took: Took<Writing>;
  readonly pausedSeconds: number;
  readonly seconds: Pick<Suspended['seconds'], 'stop' | 'state' | 'total'>;
}): Suspended {
  const { subject, saved, manifest, took } = about;
  return {
    id: subject.definition.id,
    generation: manifest.number,
    parent: manifest.parent,
    engine: manifest.engine ?? subject.engines.saves.name,
    ramBytes: manifest.ramBytes,
    nonZeroBytes: saved.nonZeroBytes,
    changedBytes: saved.changedBytes,
    layerBytes: manifest.layers.at(-1)?.bytes ?? 0,
    writtenBytes: saved.writtenBytes,
    pausedSeconds: toMilliseconds(about.pausedSeconds),
    seconds: {
      ...about.seconds,
      ram: saved.seconds.ram,
      fsync: toMilliseconds(saved.seconds.fsync + took('fsyncFiles', 'writeManifest', 'fsyncFolder')),
      rename: took('writeCurrent', 'renameCurrent', 'fsyncGuestFolder'),
      verify: took('verify'),
    },
  };
}
