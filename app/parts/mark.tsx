// The living mark: the disc that sleeps below the line, rises while the desktop wakes and stands on the line while it is
// awake. `rise` -1 (whole below) .. +.83 (stands on it); `ember` 0..1, how much burns. Both come from a View's progress,
// never from a clock. `Mini` is the same small, decoration beside a word.
import type { CSSProperties } from 'react';

export type MarkLook = 'asleep' | 'waking' | 'awake' | 'leaving' | 'home' | 'held';

export interface MarkState {
  readonly look: MarkLook;
  readonly rise: number;
  readonly ember: number;
}

/** For the page around the mark, too: its sky leaves the disc the room that it needs. */
export function markStyle({ rise, ember }: MarkState): CSSProperties {
  return { '--rise': rise, '--ember': ember } as CSSProperties;
}

export function Mark({ state, label }: { state: MarkState; label: string }) {
  return (
    <div className={`mark ${state.look}`} role="img" aria-label={label}>
      <i />
    </div>
  );
}

export function Mini({ look }: { look: MarkLook }) {
  return <span className={`mini ${look}`} aria-hidden="true" />;
}
