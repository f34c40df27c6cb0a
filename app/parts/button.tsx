// The kinds of buttons: one primary a screen, secondary outlined, quiet underlined with an icon, and
// the waiting one, which keeps its place and says why. A button names its act; with `cost`, also what it costs.
import type { Ref } from 'react';
import { Icon, type IconName } from './icon';

interface Act {
  readonly label: string;
  readonly onPress?: () => void;
  readonly icon?: IconName;
  readonly cost?: string;
  readonly kind?: 'primary' | 'second' | 'quiet';
  readonly submits?: boolean;
  /** The form it submits, where it stands outside of it. */
  readonly form?: string;
  readonly buttonRef?: Ref<HTMLButtonElement>;
  /** It was pressed and works: the same button, so that it keeps the focus. */
  readonly waiting?: boolean;
}

export function Button({
  label,
  onPress,
  icon,
  cost,
  kind = 'primary',
  submits = false,
  form,
  buttonRef,
  waiting = false,
}: Act) {
  return (
    <button
      type={submits ? 'submit' : 'button'}
      form={form}
      className={waiting ? 'btn waiting num' : kind === 'primary' ? 'btn' : `btn ${kind}`}
      aria-disabled={waiting || undefined}
      onClick={waiting ? undefined : onPress}
      ref={buttonRef}
    >
      {icon === undefined ? null : <Icon name={icon} />}
      <span className="words">
        {label}
        {cost === undefined ? null : <small>{cost}</small>}
      </span>
    </button>
  );
}

/** Cannot be pressed now; the words say why. It stays reachable, so that a screen reader finds it in its place. */
export function WaitingButton({ label }: { label: string }) {
  return (
    <button type="button" className="btn waiting num" aria-disabled="true">
      {label}
    </button>
  );
}
