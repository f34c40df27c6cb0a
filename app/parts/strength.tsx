// How hard a passphrase is to guess: four pieces, filled one by one, and the same in words; then at most two sentences of
// advice. Never by colour alone. Its place stays while nothing is known yet, so that nothing jumps.
import { Icon } from './icon';

interface StrengthParts {
  readonly label: string;
  /** 0 to 4; null while unknown. */
  readonly score: number | null;
  readonly words: string;
  readonly advice: string;
}

const pieces = [1, 2, 3, 4];

export function Strength({ label, score, words, advice }: StrengthParts) {
  return (
    <div className="strength">
      <meter
        className="spoken"
        min={0}
        max={4}
        value={score ?? 0}
        aria-label={label}
        aria-valuetext={words}
      />
      <div className="pieces" aria-hidden="true">
        {pieces.map((piece) => (
          <i key={piece} className={score !== null && piece <= score ? 'full' : ''} />
        ))}
      </div>
      <p className="said">
        {score !== null && score >= 3 ? <Icon name="check" /> : null}
        <b>{words}</b>
      </p>
      <p className="small">{advice}</p>
    </div>
  );
}
