// A page over the page, for the tools in the sky: a native modal dialog, so that focus stays inside, Escape closes it
// and the screen below keeps its state (the typed words above all). With `acts` it is a question, and closing it is the
// harmless answer, which has the focus.
// `Choices` is a list with one thing chosen.
import { type ReactNode, useEffect, useRef } from 'react';
import { Button } from './button';

interface PanelParts {
  readonly title: string;
  readonly closeLabel: string;
  readonly onClose: () => void;
  readonly acts?: ReactNode;
  /** Another way on, beside closing. */
  readonly more?: ReactNode;
  readonly wide?: boolean;
  readonly children: ReactNode;
}

export function Panel({ title, closeLabel, onClose, acts, more, wide, children }: PanelParts) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  return (
    <dialog ref={dialog} className={wide ? 'panel wide' : 'panel'} aria-label={title} onClose={onClose}>
      <h2>{title}</h2>
      {children}
      <div className="row">
        {acts === undefined ? (
          <Button kind="second" icon="close" label={closeLabel} onPress={onClose} />
        ) : (
          <Button label={closeLabel} onPress={onClose} />
        )}
        {acts}
        {more}
      </div>
    </dialog>
  );
}

export interface Choice<T extends string> {
  readonly value: T;
  readonly text: string;
  readonly note?: string;
  readonly lang?: string;
}

interface ChoicesParts<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly chosen: T;
  readonly onChoose: (value: T) => void;
}

export function Choices<T extends string>({ label, choices, chosen, onChoose }: ChoicesParts<T>) {
  return (
    <fieldset className="choices">
      <legend>{label}</legend>
      {choices.map((choice) => (
        <label
          key={choice.value}
          className={choice.value === chosen ? 'choice on' : 'choice'}
          lang={choice.lang}
        >
          <input
            type="radio"
            name={label}
            className="spoken"
            checked={choice.value === chosen}
            onChange={() => onChoose(choice.value)}
          />
          <span className="radio" aria-hidden="true" />
          <span>
            <bdi>{choice.text}</bdi>
            {choice.note === undefined || choice.note === '' ? null : (
              <span className="small">{choice.note}</span>
            )}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
