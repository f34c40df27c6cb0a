// A secret that waits for the person is wiped when nothing happens for half an hour.
const forgetAfterMs = 30 * 60_000;

export interface ForgetLater {
  /** The time begins anew. */
  stillUsed(): void;
  /** There is nothing to forget any more. */
  stop(): void;
}

export function forgetLater(about: {
  readonly forget: () => void;
  /** They lay too long and were wiped. */
  readonly onForgotten: () => void;
  readonly testOnlyForgetAfterMs?: number | undefined;
}): ForgetLater {
  let timer: NodeJS.Timeout | undefined;
  const stop = (): void => clearTimeout(timer);
  return {
    stop,
    stillUsed: () => {
      stop();
      timer = setTimeout(() => {
        about.forget();
        about.onForgotten();
      }, about.testOnlyForgetAfterMs ?? forgetAfterMs);
      timer.unref();
    },
  };
}
