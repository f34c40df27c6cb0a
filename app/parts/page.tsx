// The page: the sky (this PC, with the tools and the title on the line), the land (the person's stick) and the safe line.
// No words and no state of its own. The title takes the focus on arrival unless a screen names one thing to do.
import { type ReactNode, type RefObject, useEffect, useRef } from 'react';
import { Icon } from './icon';
import { Mark, type MarkState, markStyle } from './mark';

export type SkyName = 'night' | 'dawn' | 'day' | 'dusk' | 'haze' | 'storm';

interface PageParts {
  readonly sky: SkyName;
  readonly title: string;
  /** Where the person is on a way of several screens; over the title. */
  readonly place?: ReactNode;
  /** Brand and tools, at the top of the sky. */
  readonly top: ReactNode;
  readonly mark: MarkState;
  readonly markLabel: string;
  /** What happens if the person stops, or pulls the stick, now. */
  readonly safeLine: string;
  /** Changes when the focus should move: another screen, another question. */
  readonly arrival: string;
  readonly first?: RefObject<HTMLElement | null>;
  /** In place of the safe line, which is then said above it: the keyboard on the screen. */
  readonly floor?: ReactNode;
  readonly children: ReactNode;
}

export function Page(props: PageParts) {
  const title = useRef<HTMLHeadingElement>(null);
  const arrived = useRef('');
  const { arrival, first } = props;
  useEffect(() => {
    if (arrived.current === arrival) return;
    arrived.current = arrival;
    (first?.current ?? title.current)?.focus();
  }, [arrival, first]);
  return (
    <div
      className={`page ${props.sky}${props.floor === undefined ? '' : ' typing'}`}
      style={markStyle(props.mark)}
    >
      <header className="sky">
        <div className="top">{props.top}</div>
        <div className="cols">
          {props.place}
          <h1 tabIndex={-1} ref={title}>
            {props.title}
          </h1>
        </div>
      </header>
      <main className="land">
        <div className="cols">
          <Mark state={props.mark} label={props.markLabel} />
          <div className="ask">
            {props.children}
            {props.floor === undefined ? null : (
              <p className="safe-note">
                <Icon name="safe" />
                <span>{props.safeLine}</span>
              </p>
            )}
          </div>
        </div>
        {props.floor === undefined ? (
          <SafeLine text={props.safeLine} />
        ) : (
          <footer className="floor">{props.floor}</footer>
        )}
      </main>
    </div>
  );
}

export function SafeLine({ text }: { text: string }) {
  return (
    <footer className="still">
      <p>
        <Icon name="safe" />
        <span>{text}</span>
      </p>
    </footer>
  );
}
