// The shape of a verb of the CLI, and of what it is asked. A verb returns values; only main/cli/answer.ts prints.
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import { ok, type Result } from '../../preload/contract/result';
import type { OptionName } from './options';
import type { DataOf, Topic } from './surface';

export interface Asked {
  /** Absolute path: where vaults live. */
  readonly place: string;
  /** Of the vault that is meant: the place itself, or the home of a named one in it. */
  readonly home: string;
  /** The verb's one operand (a guest id, a folder); '' for a verb that takes none. */
  readonly operand: string;
  /** Options with a value, as written. */
  readonly values: Readonly<Partial<Record<OptionName, string>>>;
  /** Options without a value that were given. */
  readonly flags: ReadonlySet<OptionName>;
  readonly onProgress: OnProgress;
  /** A sentence the person should read although the verb goes on. */
  readonly warn: (sentence: string) => void;
  /** Fires on Ctrl+C. */
  readonly signal: AbortSignal;
}

export interface Verb<T extends Topic = Topic> {
  readonly topic: T;
  /** As typed: ['vault', 'create']. */
  readonly words: readonly string[];
  /** Name of the operand in the help, null for none. It is always required. */
  readonly operand: string | null;
  readonly options: readonly OptionName[];
  /** One plain sentence. */
  readonly help: string;
  readonly run: (asked: Asked) => Promise<Result<DataOf<T>>>;
  /** The same for a person, one sentence a line. */
  readonly say: (data: DataOf<T>) => readonly string[];
  /** A fault that the data itself tells of; the data is printed all the same. */
  readonly judge?: (data: DataOf<T>) => Fault | null;
}

/** What a verb answers: data, and for some a fault beside it. */
export interface Said {
  readonly data: unknown;
  readonly lines: () => readonly string[];
  readonly fault: Fault | null;
}

/** A verb whose `data` type is forgotten, so that verbs of all kinds stand in one table. */
export interface AnyVerb extends Pick<Verb, 'topic' | 'words' | 'operand' | 'options' | 'help'> {
  readonly answer: (asked: Asked) => Promise<Result<Said>>;
}

export function verb<T extends Topic>(what: Verb<T>): AnyVerb {
  const { topic, words, operand, options, help } = what;
  return {
    topic,
    words,
    operand,
    options,
    help,
    answer: async (asked) => {
      const done = await what.run(asked);
      if (!done.ok) return done;
      const fault = what.judge?.(done.value) ?? null;
      return ok({ data: done.value, lines: () => what.say(done.value), fault });
    },
  };
}
