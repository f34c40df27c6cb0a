// A notice inside the page, in words: *good* (green), *care* (ochre), *fault* (red). The whole-sky levels are screens.
// `HazardLines` are the small standing facts about this PC, at the end of a screen's content.
import { Icon, type IconName } from './icon';

interface NoticeParts {
  readonly level: 'good' | 'care' | 'fault';
  readonly title: string;
  readonly body?: string;
  readonly icon?: IconName;
}

export function Notice({ level, title, body, icon = 'warn' }: NoticeParts) {
  return (
    <div className={`notice ${level}`}>
      <Icon name={icon} />
      <h2>{title}</h2>
      {body === undefined ? null : <p>{body}</p>}
    </div>
  );
}

export function HazardLines({ lines }: { lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className="hazards">
      {lines.map((line) => (
        <li key={line}>
          <Icon name="info" />
          <span>{line}</span>
        </li>
      ))}
    </ul>
  );
}
