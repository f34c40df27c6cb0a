// The help: made from the verbs and options themselves, so that it cannot say less or more than they do.
import { everywhere, type OptionName, options } from './options';
import type { AnyVerb } from './verb';

const width = 22;

/** All verbs when there are several, one verb in full when there is one. */
export function helpLines(about: readonly AnyVerb[]): readonly string[] {
  const [only, ...others] = about;
  return only !== undefined && others.length === 0 ? oneVerb(only) : allVerbs(about);
}

function allVerbs(about: readonly AnyVerb[]): readonly string[] {
  return [
    'soulpad: your computer sleeps in a vault and wakes in any PC.',
    '',
    ...about.map((verb) => `  ${usageOf(verb).padEnd(width)}  ${verb.help}`),
    '',
    'For every verb:',
    ...everywhere.map(optionLine),
    optionLine('version'),
    '',
    'A passphrase is asked for on a terminal, or read with --passphrase-fd; it is never an argument.',
    '`soulpad VERB --help` says more.',
  ];
}

function oneVerb(verb: AnyVerb): readonly string[] {
  return [
    `soulpad ${usageOf(verb)} [options]`,
    '',
    verb.help,
    '',
    ...[...verb.options, ...everywhere].map(optionLine),
  ];
}

function usageOf(verb: AnyVerb): string {
  return [...verb.words, ...(verb.operand === null ? [] : [verb.operand])].join(' ');
}

function optionLine(name: OptionName): string {
  const { value, help } = options[name];
  return `  ${`--${name}${value === null ? '' : ` ${value}`}`.padEnd(width)}  ${help}`;
}
