// The receipt: done things with ticks, what was not done with its own sign. Never tick what has not happened.
import { Icon } from './icon';

export interface ReceiptLine {
  readonly title: string;
  readonly body: string;
  readonly done: boolean;
}

export function Receipt(props: { title: string; when: string | null; lines: readonly ReceiptLine[] }) {
  return (
    <section className="receipt" aria-label={props.title}>
      <header>
        <h2>{props.title}</h2>
        {props.when === null ? null : <span className="small num">{props.when}</span>}
      </header>
      <ul>
        {props.lines.map((line) => (
          <li key={line.title} className={line.done ? 'done' : 'open'}>
            <Icon name={line.done ? 'check' : 'info'} />
            <span>
              <b>{line.title}</b>
              <span className="small num">{line.body}</span>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
