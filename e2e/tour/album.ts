// The tour's pictures and times, and the page that shows them. A picture is the whole X screen, viewer included, never
// the page alone. Everything goes to out/tour, and to docs/tour where that may be written to.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';
import { repository } from '../support/cli';
import type { Desk } from '../support/kiosk';
import { soulpadCommit } from './commit';

export const made = join(repository, 'out/tour');
const shown = join(repository, 'docs/tour');

/** A part of the tour with a page of its own, in a folder below the first one's. */
export interface Book {
  readonly folder: string;
  readonly title: string;
  readonly story: string;
  /** What the page says that was thrown away. */
  readonly thrownAway: string;
}

const firstBook: Book = {
  folder: '.',
  title: 'The tour',
  thrownAway: 'its phrase and its recovery key open nothing',
  story: `A person plugs in their stick and starts the PC. They say once how they want to unlock, write a recovery key on paper
and take a desktop. They work. One click saves everything, down to the half-written sentence, and the stick can go. On
the next PC one act, unlocking, brings the same sentence back, and typing goes on.
[The second part](backup/README.md) tells of a backup, its drill, and a lost stick; [the third](display/README.md) of the
screen and its controls.`,
};
/** Bytes of one picture. */
const most = 200 << 10;

export interface StageTime {
  readonly stage: string;
  /** What the person does meanwhile. */
  readonly person: string;
  readonly seconds: number;
}

export interface Album {
  /** Photographs the screen as it is now. The name is numbered in the story's order. */
  take(name: string, caption: string): void;
  time(line: StageTime): void;
  /** Measures from now until the answer is called. */
  clock(stage: string, person: string): () => void;
  /** The page and its pictures, where people read them. Tells where that is. */
  publish(ran: { readonly guest: string; readonly kvm: boolean }): string;
}

export function openAlbum(desk: Pick<Desk, 'photograph'>, book = firstBook): Album {
  const folder = join(made, book.folder);
  mkdirSync(folder, { recursive: true });
  // Not what lies below: another book may.
  for (const name of readdirSync(folder)) if (/\.(png|md)$/.test(name)) rmSync(join(folder, name));
  const pictures: { readonly file: string; readonly caption: string }[] = [];
  const times: StageTime[] = [];
  const time = (line: StageTime): void => void times.push(line);
  return {
    take: (name, caption) => {
      const file = `${String(pictures.length + 1).padStart(2, '0')}-${name}.png`;
      desk.photograph(join(folder, file));
      shrink(join(folder, file));
      pictures.push({ file, caption });
    },
    time,
    clock: (stage, person) => {
      const began = performance.now();
      return () => time({ stage, person, seconds: (performance.now() - began) / 1000 });
    },
    publish: (ran) => {
      writeFileSync(join(folder, 'README.md'), pageOf({ ...ran, book, pictures, times }));
      return copyOut(folder, join(shown, book.folder));
    },
  };
}

/** Few colours are enough for our screens; a desktop's wallpaper takes fewer still until the file is small. */
function shrink(file: string): void {
  for (const colours of [192, 96, 48, 24]) {
    const palette = `${file}.${colours}`;
    execFileSync('convert', [file, '-strip', '+dither', '-colors', String(colours), `PNG8:${palette}`]);
    const small = statSync(palette).size <= most;
    if (small || colours === 24) copyFileSync(palette, file);
    rmSync(palette);
    if (small) return;
  }
  throw new Error(`${file} does not get below ${most} bytes`);
}

function copyOut(from: string, to: string): string {
  const names = readdirSync(from).filter((name) => /\.(png|md)$/.test(name));
  try {
    mkdirSync(to, { recursive: true });
    for (const name of readdirSync(to)) if (name.endsWith('.png')) rmSync(join(to, name));
    for (const name of names) copyFileSync(join(from, name), join(to, name));
    return to;
  } catch {
    return from; // docs/ belongs to another user: set-up says what to copy
  }
}

function pageOf(about: {
  readonly book: Book;
  readonly guest: string;
  readonly kvm: boolean;
  readonly pictures: readonly { readonly file: string; readonly caption: string }[];
  readonly times: readonly StageTime[];
}): string {
  const rows = about.times.map(
    ({ stage, person, seconds }) => `| ${stage} | ${person} | ${seconds.toFixed(1)} |`,
  );
  const shots = about.pictures.map(({ file, caption }) => `### ${caption}\n\n![${caption}](${file})\n`);
  const { book } = about;
  return `# ${book.title}

Written by \`npm run tour\`, which plays the whole story unattended with the real programs, typing and clicking through X
as a person does. Do not edit. Commit ${soulpadCommit()}, guest: ${about.guest}, Linux ${release()},
${about.kvm ? 'with KVM' : 'without KVM: everything inside the guest is many times slower than on a PC that offers it'}.

The vault in these pictures was made for them and thrown away: ${book.thrownAway}.

## The story in short

${book.story}

## How long it took

Seconds of one run on one machine, with whatever else ran there. Waking and sleeping are timed without pictures.

| stage | the person | seconds |
| --- | --- | --- |
${rows.join('\n')}

## Every screen

${shots.join('\n')}`;
}
