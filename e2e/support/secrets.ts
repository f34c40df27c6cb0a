// Looks for a secret wherever other programs and the disk could keep it: arguments and environments of every process,
// files, and words that somebody printed or pushed. In every spelling that a careless line of code would give it.
// It tells where something was found, never what.
import type { Desk } from './kiosk';
import { filesHolding, processes } from './system';

/** The bytes as they are, as UTF-16LE when they are text, as hex, and as base64 at each of its three alignments. */
export function spellings(secret: Buffer): Buffer[] {
  const text = secret.toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(secret);
  const hex = secret.toString('hex');
  const written = [hex, hex.toUpperCase(), ...(isText ? [encodeURIComponent(text)] : []), ...base64s(secret)];
  return [
    secret,
    ...(isText ? [Buffer.from(text, 'utf16le')] : []),
    ...written.flatMap((each) => [Buffer.from(each, 'latin1'), Buffer.from(each, 'utf16le')]),
  ];
}

/** In base64 of a longer text the same bytes look different by where they begin: the part that is theirs alone. */
function base64s(secret: Buffer): string[] {
  return [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), secret])
      .toString('base64')
      .replaceAll('=', '');
    const first = Math.ceil((before * 8) / 6);
    const whole = all.slice(first, Math.floor(((before + secret.length) * 8) / 6));
    return [whole, whole.replaceAll('+', '-').replaceAll('/', '_')];
  });
}

export interface SecretSearch {
  /** Words that somebody printed or pushed: looked through by `places`. */
  hear(who: string, words: string | Buffer): void;
  /** Looks everywhere now, and tells what was seen of processes since the start. Empty: the secret is nowhere. */
  places(): string[];
  end(): void;
}

/** Looks below the desk's folder, and at all processes ten times a second until `end`. */
export function searchFor(desk: Desk, secrets: readonly Buffer[]): SecretSearch {
  const needles = secrets.flatMap(spellings);
  const holds = (bytes: Buffer): boolean => needles.some((needle) => bytes.includes(needle));
  const heard = new Map<string, Buffer[]>();
  const seen = new Set<string>();
  const lookAtProcesses = (): void => {
    for (const { pid, argv, environment } of processes()) {
      if (holds(Buffer.from(argv, 'latin1'))) seen.add(`argv of ${pid}`);
      if (holds(Buffer.from(environment, 'latin1'))) seen.add(`environ of ${pid}`);
    }
  };
  // Programs that live for a moment only (gocryptfs -init, probes) are met by looking often.
  const watching = setInterval(lookAtProcesses, 100);
  return {
    hear: (who, words) => {
      heard.set(who, [...(heard.get(who) ?? []), Buffer.from(words)]);
    },
    places: () => {
      lookAtProcesses();
      const said = [...heard].filter(([, words]) => holds(Buffer.concat(words))).map(([who]) => who);
      return [...seen, ...filesHolding(desk.folder, needles).map((path) => `file ${path}`), ...said];
    },
    end: () => clearInterval(watching),
  };
}
