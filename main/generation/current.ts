// CURRENT names the generation to resume: one line, `gen-0007` and LF, no other spelling of a number. Pure. What is
// not exactly that is damage: guessing could wake an older generation, or reach out of the guest's folder.
import { generationFolder, generationNumberSchema } from './manifest';

/** Bytes a CURRENT may have; the longest true one has 14. */
export const maxCurrentBytes = 32;

/** The whole content of CURRENT for that generation. */
export function formatCurrent(number: number): string {
  return `${generationFolder(number)}\n`;
}

/** The number of a folder name such as gen-0007; null for any other name or spelling (gen-7, gen-00007). */
export function numberOfFolder(name: string): number | null {
  const digits = /^gen-(\d{4,9})$/.exec(name)?.[1];
  if (digits === undefined) return null;
  const read = generationNumberSchema.safeParse(Number(digits));
  return read.success && generationFolder(read.data) === name ? read.data : null;
}

/** The number that CURRENT's content names; null when it is anything but one exact line. */
export function parseCurrent(content: string): number | null {
  if (content.length > maxCurrentBytes || !content.endsWith('\n')) return null;
  return numberOfFolder(content.slice(0, -1));
}
