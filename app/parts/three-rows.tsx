// What happened, what is safe, what to press: always these three, always in this order, from *haze* on. `Disclosure` below
// holds the machine's words for a helper, closed until asked for.
import type { ReactNode } from 'react';
import { Icon, type IconName } from './icon';

export interface Row {
  readonly term: string;
  readonly text: ReactNode;
}

const icons: readonly IconName[] = ['warn', 'safe', 'arrowRight'];

export function ThreeRows({ rows }: { rows: readonly [happened: Row, safe: Row, press: Row] }) {
  return (
    <dl className="three">
      {rows.map((row, index) => (
        <div key={row.term} className={index === 1 ? 'ok' : ''}>
          <dt>
            <Icon name={icons[index] ?? 'info'} />
            <span>{row.term}</span>
          </dt>
          <dd>{row.text}</dd>
        </div>
      ))}
    </dl>
  );
}

export function Disclosure({ label, rows }: { label: string; rows: readonly Row[] }) {
  return (
    <details className="helper">
      <summary>{label}</summary>
      <dl>
        {rows.map((row) => (
          <div key={row.term}>
            <dt>{row.term}</dt>
            <dd dir="auto">{row.text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
