// The estimator in a worker of its own: its lists load only when somebody chooses a passphrase, and no key press waits
// for it. What is typed comes in as a message and lives no longer than the worker, which ends with the screen. The
// person's language stands in the worker's address.
import type { Language } from '../../preload/contract/view';
import { makeEstimator } from './estimate';

const languages: readonly Language[] = ['en', 'es', 'fr', 'ar'];
const told = self.location.hash.slice(1);
const estimate = makeEstimator(languages.find((each) => each === told) ?? 'en');

self.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  if (typeof data === 'string') self.postMessage(estimate(data));
});
