// The first run on a stick, by the keys of an emulated keyboard and clicks on words that can be read on the screen: from
// the first question to the tiny test guest, in a vault that opens by a passphrase of one's own. Nothing is asked of our
// own programs. Throws. Tests only.
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import type { SeenScreen } from './screen-words';
import type { StickPc } from './stick-pc';

/** Says how long each step took when the next one stands there. */
export async function firstRun(on: StickPc, passphrase: string): Promise<void> {
  const stands = async (wanted: RegExp): Promise<SeenScreen> => {
    const seen = await on.sees(wanted);
    console.log(`after ${Math.round(on.seconds())} s: ${wanted.source}`);
    return seen;
  };
  const { pc } = on;
  await stands(/Which language do you want to read/);
  await pc.press('ret');
  await choosePassphrase(on, passphrase);
  await stands(/Which desktop do you want/);
  await on.click(/^More$/);
  await on.click(/^tiny$/);
  await stands(/Take the test guest/);
  await pc.press('ret');
  const paper = readPaper(await stands(/Write your recovery key on paper/));
  await pc.press('ret');
  for (const groups of paper) {
    const { text } = await stands(/Type two groups.*Group \d, 6 digits.*Group \d, 6 digits/);
    const asked = [...text.matchAll(/Group (\d), 6 digits/g)].map(([, number]) => Number(number) - 1);
    // After the last digit of the first one the second one has the focus.
    await pc.type(asked.map((index) => groups[index] ?? '').join(''));
    await pc.press('ret');
    const { text: said } = await stands(
      /not the ones we showed|desktop is being made|Step 5 of 5|Starting your|WITNESS/,
    );
    if (!said.includes('not the ones')) return;
  }
  throw new Error('no reading of the recovery key was the right one');
}

/** From the step that asks what shall open the vault, until that is kept. */
export async function choosePassphrase(on: StickPc, passphrase: string): Promise<void> {
  const { pc } = on;
  await on.sees(/What shall open your desktop/);
  await pc.press('down');
  await pc.press('ret');
  await on.sees(/Choose your passphrase/);
  await pc.type(passphrase);
  // By keys: what is typed after a click may come before it, from another device. Past the button that shows the words.
  await pc.press('tab');
  await pc.press('tab');
  await pc.type(passphrase);
  await on.sees(/Keep this passphrase/);
  await pc.press('ret');
}

/** tesseract takes the stroke in a zero for a digit of its own in one way of looking, and for none in another. */
const looks = [
  ['-resize', '300%', '-morphology', 'Erode', 'Disk:3'],
  ['-resize', '100%'],
  ['-resize', '150%'],
];

/** The recovery key's eight groups as they can be read, the most likely reading first. */
function readPaper(seen: SeenScreen): string[][] {
  const groups = seen.words.filter(({ text }) => /^\d{6,8}$/.test(text));
  if (groups.length !== 8) throw new Error(`eight groups are not on the screen: ${seen.text}`);
  // In rows, left to right; a number that stands before a group may be taken for a part of it.
  const sorted = [...groups].sort((a, b) => (Math.abs(a.y - b.y) > 20 ? a.y - b.y : a.x - b.x));
  return looks.map((look) =>
    sorted.map(({ right, y }) => readDigits({ picture: seen.picture, right, y, look })),
  );
}

function readDigits(about: {
  readonly picture: string;
  readonly right: number;
  readonly y: number;
  readonly look: readonly string[];
}): string {
  const piece = `${about.picture}.digits.png`;
  const cut = `128x44+${Math.round(about.right - 122)}+${Math.round(about.y - 22)}`;
  try {
    execFileSync('convert', [
      ...[about.picture, '-crop', cut, '+repage', '-colorspace', 'Gray', ...about.look],
      ...['-bordercolor', 'white', '-border', '30', piece],
    ]);
    const options = ['--psm', '7', '-c', 'tessedit_char_whitelist=0123456789'];
    return execFileSync('tesseract', [piece, '-', ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, OMP_THREAD_LIMIT: '1' },
    }).trim();
  } finally {
    rmSync(piece, { force: true });
  }
}
