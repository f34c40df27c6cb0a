// Guests as cards in one column; the whole card is the target of its radio button.
export interface GuestLine {
  readonly id: string;
  readonly name: string;
  readonly when: string;
}

interface GuestCardsParts {
  readonly label: string;
  readonly guests: readonly GuestLine[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
}

export function GuestCards({ label, guests, chosen, onChoose }: GuestCardsParts) {
  return (
    <fieldset className="guests">
      <legend className="spoken">{label}</legend>
      {guests.map((guest) => (
        <label key={guest.id} className={guest.id === chosen ? 'guest on' : 'guest'}>
          <span>
            <b>
              <bdi>{guest.name}</bdi>
            </b>
            <span className="small num">{guest.when}</span>
          </span>
          <input
            type="radio"
            name="guest"
            className="spoken"
            checked={guest.id === chosen}
            onChange={() => onChoose(guest.id)}
          />
          <span className="radio" aria-hidden="true" />
        </label>
      ))}
    </fieldset>
  );
}
