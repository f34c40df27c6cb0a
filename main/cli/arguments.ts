// argv -> which verb, with which options. Pure. Refuses what it does not know, naming the word, but never repeats a
// value: people paste passphrases in the wrong place, and an error message ends in logs.
import { parseArgs } from 'node:util';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { everywhere, type OptionName, optionNames, options } from './options';
import type { AnyVerb } from './verb';

export type Request =
  | { readonly kind: 'help'; readonly about: readonly AnyVerb[]; readonly json: boolean }
  | { readonly kind: 'version'; readonly json: boolean }
  | {
      readonly kind: 'verb';
      readonly verb: AnyVerb;
      readonly json: boolean;
      readonly operand: string;
      readonly values: Readonly<Partial<Record<OptionName, string>>>;
      readonly flags: ReadonlySet<OptionName>;
    };

/** What can be said about bad use: the fault, whether JSON was asked for, and the verb as far as it was understood. */
export interface Misuse {
  readonly fault: Fault;
  readonly json: boolean;
  readonly verb: AnyVerb | null;
}

interface Given {
  readonly words: readonly string[];
  readonly values: Partial<Record<OptionName, string>>;
  readonly flags: Set<OptionName>;
}

const isOptionName = (name: string): name is OptionName => Object.hasOwn(options, name);

/** The words of a usage fault; `hint` sends the person to the help that fits. */
export function usage(message: string, verb: AnyVerb | null = null): Fault {
  const about = verb === null ? '' : ` ${verb.words.join(' ')}`;
  return { code: 'usage', stage: 'cli.arguments', message, hint: `see \`soulpad${about} --help\`` };
}

export function parseRequest(
  argv: readonly string[],
  verbs: readonly AnyVerb[],
): { readonly ok: true; readonly value: Request } | ({ readonly ok: false } & Misuse) {
  const json = argv.includes('--json');
  const read = readTokens(argv);
  if (!read.ok) return { ok: false, fault: read.fault, json, verb: verbOf(verbs, argv) };
  const given = read.value;
  if (given.flags.has('help') || (given.words.length === 0 && argv.length === 0)) {
    return { ok: true, value: { kind: 'help', about: startingWith(verbs, given.words), json } };
  }
  if (given.flags.has('version')) return { ok: true, value: { kind: 'version', json } };
  const verb = verbOf(verbs, given.words);
  if (verb === null) return { ok: false, fault: usage(unknownVerb(given.words, verbs)), json, verb };
  const misuse = refusal(given, verb);
  if (misuse !== null) return { ok: false, fault: usage(misuse, verb), json, verb };
  const operand = given.words[verb.words.length] ?? '';
  return { ok: true, value: { kind: 'verb', verb, json, operand, values: given.values, flags: given.flags } };
}

function verbOf(verbs: readonly AnyVerb[], words: readonly string[]): AnyVerb | null {
  return verbs.find((verb) => verb.words.every((word, at) => words[at] === word)) ?? null;
}

function readTokens(argv: readonly string[]): Result<Given> {
  const { tokens } = parseArgs({
    args: [...argv],
    strict: false,
    allowPositionals: true,
    tokens: true,
    options: {
      ...Object.fromEntries(
        optionNames.map((name) => [
          name,
          { type: options[name].value === null ? ('boolean' as const) : ('string' as const) },
        ]),
      ),
      help: { type: 'boolean', short: 'h' },
    },
  });
  const given: Given & { words: string[] } = { words: [], values: {}, flags: new Set() };
  for (const token of tokens) {
    if (token.kind === 'positional') given.words.push(token.value);
    if (token.kind !== 'option') continue;
    const { name, value } = token;
    const shown = `--${/^[a-z0-9-]{0,24}/i.exec(name)?.[0] ?? ''}`;
    if (!isOptionName(name)) return fail(usage(`there is no option ${shown}`));
    if (given.flags.has(name) || given.values[name] !== undefined)
      return fail(usage(`${shown} was given twice`));
    if (options[name].value === null) {
      if (value !== undefined) return fail(usage(`${shown} takes no value`));
      given.flags.add(name);
    } else {
      const swallowed = value?.startsWith('-') === true && token.inlineValue !== true;
      if (value === undefined || value === '' || swallowed)
        return fail(usage(`${shown} needs a value: ${options[name].value}`));
      if (value.includes('\0') || value.length > 4096)
        return fail(usage(`the value of ${shown} is too long`));
      given.values[name] = value;
    }
  }
  return ok(given);
}

function refusal(given: Given, verb: AnyVerb): string | null {
  const allowed = new Set<OptionName>([...everywhere, ...verb.options]);
  for (const name of optionNames) {
    const was = given.flags.has(name) || given.values[name] !== undefined;
    if (was && !allowed.has(name)) return `${verb.words.join(' ')} takes no --${name}`;
  }
  const operands = given.words.length - verb.words.length;
  const wanted = verb.operand === null ? 0 : 1;
  if (operands < wanted) return `${verb.words.join(' ')} needs its ${verb.operand}`;
  if (operands > wanted) return `${verb.words.join(' ')} was given ${operands - wanted} word(s) too many`;
  return null;
}

function startingWith(verbs: readonly AnyVerb[], words: readonly string[]): readonly AnyVerb[] {
  const wanted = verbs.filter((verb) =>
    verb.words.every((word, at) => words[at] === undefined || words[at] === word),
  );
  return wanted.length === 0 ? verbs : wanted;
}

function unknownVerb(words: readonly string[], verbs: readonly AnyVerb[]): string {
  const family = verbs.filter((verb) => verb.words[0] === words[0]);
  if (words.length === 0) return 'a verb is missing';
  if (family.length === 0) return `there is no such verb; there are ${familyNames(verbs)}`;
  return `${words[0]} needs one of: ${family.map((verb) => verb.words[1] ?? '').join(', ')}`;
}

function familyNames(verbs: readonly AnyVerb[]): string {
  return [...new Set(verbs.map((verb) => verb.words[0] ?? ''))].join(', ');
}
