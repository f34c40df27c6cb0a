// How much of this PC's memory the keeper may fill for a moment: half of what programs can still have, and never more
// than 2 GiB. Taking all of it would push the guest itself out.
import { memoryHere } from '../fit/this-pc';

const most = 2 * 2 ** 30;

/** Bytes. Where the kernel does not say: 256 MiB. */
export async function memoryToSpare(): Promise<number> {
  const { available } = await memoryHere();
  return available === null ? 256 << 20 : Math.min(most, available / 2);
}
