// The keyboard on the screen, for pointer and touch alone. Its keys are the compiled XKB map's, asked of main, so it writes
// what the real keys would. A press writes into the field that has the caret, else into `field`, and never takes the focus
// from it; what was written is in no state here.
import { type MouseEvent, type ReactNode, type RefObject, useEffect, useState } from 'react';
import type { Key, KeyRows } from '../../../preload/contract/keyboard';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { type Held, nextCapitals, nothingHeld, outputNow, pressed, shownMark } from '../../keys/press';
import { deleteIn, writeInto } from '../../keys/write-into';
import { useWords } from '../use-words';

interface ScreenKeyboardParts {
  readonly view: View;
  readonly field: RefObject<HTMLInputElement | null>;
  /** At the start and the end of the last row. */
  readonly before?: ReactNode;
  readonly after?: ReactNode;
}

/** Null while they are asked; none where nobody can tell. */
function useRows({ keyboard }: View): KeyRows | null {
  const [known, setKnown] = useState<{ readonly layout: string; readonly rows: KeyRows } | null>(null);
  const layout = `${keyboard?.layout} ${keyboard?.variant}`;
  useEffect(() => {
    let wanted = true;
    void ask('getKeys').then((reply) => {
      if (wanted) setKnown({ layout, rows: reply.ok ? reply.value.rows : [] });
    });
    return () => {
      wanted = false;
    };
  }, [layout]);
  // Until another layout's keys are there, those of the one before stay: nothing jumps.
  return known?.rows ?? null;
}

export function ScreenKeyboard({ view, field, before, after }: ScreenKeyboardParts) {
  const { t } = useWords(view.look);
  const rows = useRows(view);
  const [held, setHeld] = useState<Held>(nothingHeld);
  const target = (): HTMLInputElement | null => {
    const focused = document.activeElement;
    return focused instanceof HTMLInputElement && focused.type !== 'radio' ? focused : field.current;
  };
  const write = (output: Parameters<typeof pressed>[0]): void => {
    const to = target();
    const done = pressed(output, held);
    setHeld(done.held);
    if (to !== null) writeInto(to, done.text);
  };
  const remove = (): void => {
    const from = target();
    if (held.mark !== null) setHeld({ ...held, mark: null });
    else if (from !== null) deleteIn(from);
  };
  if (rows === null) return <div className="keyboard" aria-hidden="true" />;
  const hasSigns = rows.some((row) => row.some(({ levels }) => levels[2] !== null || levels[3] !== null));
  const keysOf = (row: number) =>
    (rows[row] ?? []).map((key) => (
      <LetterKey key={key.place} of={key} held={held} onPress={() => write(outputNow(key, held))} />
    ));
  return (
    <fieldset className="keyboard">
      <legend className="spoken">{t('unlock.keys.label')}</legend>
      {rows.length === 0 ? <p>{t('unlock.keys.none')}</p> : null}
      <div className="keys">
        {keysOf(0)}
        <WordKey label={t('unlock.keys.delete')} wide onPress={remove} />
      </div>
      <div className="keys">{keysOf(1)}</div>
      <div className="keys">{keysOf(2)}</div>
      <div className="keys">
        <WordKey
          label={t('unlock.keys.capitals')}
          wide
          on={held.capitals !== 'off'}
          stays={held.capitals === 'stays'}
          onPress={() => setHeld({ ...held, capitals: nextCapitals(held.capitals) })}
        />
        {keysOf(3)}
      </div>
      <div className="keys">
        {before}
        {hasSigns ? (
          <WordKey
            label={t('unlock.keys.signs')}
            wide
            on={held.signs}
            onPress={() => setHeld({ ...held, signs: !held.signs })}
          />
        ) : null}
        <WordKey label={t('unlock.keys.space')} long onPress={() => write({ is: 'text', text: ' ' })} />
        {after}
      </div>
    </fieldset>
  );
}

/** The caret stays where it is. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

function LetterKey({ of, held, onPress }: { of: Key; held: Held; onPress: () => void }) {
  const output = outputNow(of, held);
  const label = output === null ? '' : output.is === 'text' ? output.text : shownMark(output.mark);
  const waits = output?.is === 'dead' && output.mark === held.mark;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={waits ? 'key on' : 'key'}
      data-place={of.place}
      disabled={output === null}
      onMouseDown={keepFocus}
      onClick={onPress}
    >
      <bdi>{label}</bdi>
    </button>
  );
}

interface WordKeyParts {
  readonly label: string;
  readonly onPress: () => void;
  readonly wide?: boolean;
  readonly long?: boolean;
  readonly on?: boolean;
  readonly stays?: boolean;
}

export function WordKey({ label, onPress, wide, long, on, stays }: WordKeyParts) {
  const shape = ['key word', wide ? 'wide' : '', long ? 'long' : '', on ? 'on' : '', stays ? 'stays' : ''];
  return (
    <button
      type="button"
      tabIndex={-1}
      className={shape.filter((each) => each !== '').join(' ')}
      aria-pressed={on}
      onMouseDown={keepFocus}
      onClick={onPress}
    >
      {label}
    </button>
  );
}
