// Long work: time left and percent first, then the bar, then the named stages: done (tick), now (disc), to come (ring).
// Without a known total there is no percent and no bar, only the sentence; the bar's place stays, so that nothing jumps.
import type { CSSProperties } from 'react';
import { Icon } from './icon';

export function ProgressBar(props: { left: string; percent: string | null; fraction: number | null }) {
  const { left, percent, fraction } = props;
  return (
    <div>
      <p className="left">
        <span>{left}</span>
        {percent === null ? null : <span className="num">{percent}</span>}
      </p>
      {fraction === null ? (
        <div className="bar unknown" />
      ) : (
        <div
          className="bar"
          style={{ '--p': `${(fraction * 100).toFixed(1)}%` } as CSSProperties}
          role="progressbar"
          aria-valuemin={0}
          aria-valuemax={100}
          aria-valuenow={Math.round(fraction * 100)}
          aria-valuetext={left}
          aria-label={left}
        >
          <span />
        </div>
      )}
    </div>
  );
}

export interface StageLine {
  readonly id: string;
  readonly state: 'done' | 'now' | 'toCome';
  readonly text: string;
  readonly time: string;
}

export function Stages({ lines }: { lines: readonly StageLine[] }) {
  return (
    <ol className="stages">
      {lines.map((line) => (
        <li key={line.id} className={line.state} aria-current={line.state === 'now' ? 'step' : undefined}>
          <span className="dot">{line.state === 'done' ? <Icon name="check" /> : null}</span>
          <span>{line.text}</span>
          <em className="num">{line.time}</em>
        </li>
      ))}
    </ol>
  );
}
