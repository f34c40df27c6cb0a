// One thing that is on or off, with a sentence that says what it means; the whole line is the target.
import { Icon } from './icon';

interface CheckParts {
  readonly label: string;
  readonly note: string;
  readonly on: boolean;
  readonly onChange: (on: boolean) => void;
}

export function Check({ label, note, on, onChange }: CheckParts) {
  return (
    <label className={on ? 'choice on' : 'choice'}>
      <input
        type="checkbox"
        className="spoken"
        checked={on}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span className="box" aria-hidden="true">
        {on ? <Icon name="check" /> : null}
      </span>
      <span>
        {label}
        <span className="small">{note}</span>
      </span>
    </label>
  );
}
