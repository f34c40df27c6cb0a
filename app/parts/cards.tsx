// Choices as cards in one column, or in a row where they are short; the whole card is the target of its radio button.
// A picture is decoration: the card's words say all. What is not possible here can still be chosen, so that everybody,
// also who cannot see, finds the sentence that says why.
import type { ReactNode, Ref } from 'react';
import { Icon } from './icon';

export interface CardLine<T extends string> {
  readonly id: T;
  readonly name: string;
  /** A few words beside the name. */
  readonly tag?: string;
  readonly notes: readonly string[];
  /** Why it cannot be had here. */
  readonly cannot?: string | null;
  readonly picture?: ReactNode;
  readonly lang?: string;
}

interface CardsParts<T extends string> {
  /** Said, not drawn: the title above asks the same question. */
  readonly label: string;
  readonly cards: readonly CardLine<T>[];
  readonly chosen: T | null;
  readonly onChoose: (id: T) => void;
  /** The chosen card's radio button. */
  readonly chosenRef?: Ref<HTMLInputElement>;
}

export function Cards<T extends string>({ label, cards, chosen, onChoose, chosenRef }: CardsParts<T>) {
  return (
    <fieldset className="guests">
      <legend className="spoken">{label}</legend>
      {cards.map((card) => (
        <label key={card.id} className={card.id === chosen ? 'guest on' : 'guest'} lang={card.lang}>
          {card.picture === undefined ? null : (
            <span className="shot" aria-hidden="true">
              {card.picture}
            </span>
          )}
          <span className="told">
            <b>
              <bdi>{card.name}</bdi>
            </b>
            {card.tag === undefined ? null : <span className="tag">{card.tag}</span>}
            {card.notes.map((note) => (
              <span key={note} className="small num">
                {note}
              </span>
            ))}
            {card.cannot ? (
              <span className="cannot num">
                <Icon name="warn" />
                <span>{card.cannot}</span>
              </span>
            ) : null}
          </span>
          <input
            type="radio"
            name={label}
            className="spoken"
            checked={card.id === chosen}
            ref={card.id === chosen ? chosenRef : undefined}
            onChange={() => onChoose(card.id)}
          />
          <span className="radio" aria-hidden="true" />
        </label>
      ))}
    </fieldset>
  );
}
