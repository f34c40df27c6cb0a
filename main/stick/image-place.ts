// Where the image of a stick lies that can be written here: what `soulpad stick build` made in this checkout, or what was
// packed beside the app. Nothing is fetched, and a stick carries none.
import { findUpwards } from '../process/upwards';

/** Null: none was made here. `from`: where this program lies. */
export function findStickImage(from: string = import.meta.dirname): string | null {
  return findUpwards(from, ['out/stick/soulpad.img', 'resources/stick/soulpad.img']);
}
