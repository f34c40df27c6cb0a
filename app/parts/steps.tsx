// The way in and where the person stands on it: a row of dots, drawn, and the same in words. Left behind: filled; here:
// the disc; to come: a ring.
interface StepsParts {
  /** Names of the steps in order, never shown. */
  readonly steps: readonly string[];
  /** Index of the present one. */
  readonly at: number;
  readonly words: string;
}

export function Steps({ steps, at, words }: StepsParts) {
  return (
    <p className="steps">
      <span className="dots" aria-hidden="true">
        {steps.map((step, index) => (
          <i key={step} className={index < at ? 'behind' : index === at ? 'here' : 'ahead'} />
        ))}
      </span>
      <span className="num">{words}</span>
    </p>
  );
}
