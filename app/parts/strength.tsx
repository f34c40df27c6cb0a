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
      <div
        className="pieces"
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={4}
        aria-valuenow={score ?? 0}
        aria-valuetext={words}
      >
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
