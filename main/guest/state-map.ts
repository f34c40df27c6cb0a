// The library that maps a guest's RAM privately (native-scripts/state-map): as set-up built it, out/state-map in a
// checkout, resources/state-map in the packaged app. It must never be looked for where somebody else could put one.
import { findUpwards } from '../process/upwards';

/** Absolute path; null: it is not built. */
export function findStateMap(from: string = import.meta.dirname): string | null {
  const name = 'state-map/libstate-map.so';
  return findUpwards(from, [name, `out/${name}`]);
}
