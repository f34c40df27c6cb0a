// The estimator in a worker of its own: its lists load only when somebody chooses a passphrase, and no key press waits
// for it. What is typed comes in as a message and lives no longer than the worker, which ends with the screen.
import { makeEstimator } from './estimate';

const estimate = makeEstimator();

self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (typeof data === 'string') self.postMessage(estimate(data));
});
