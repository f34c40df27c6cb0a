// The lock over a desktop that runs: the unlock screen once more, by evening, with one other way: saving it needs no
// secret. The guest is not to be seen here, and nothing of it.
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Unlocking } from './unlocking';
import { placeOf, useWords } from './use-words';

type Told = Extract<Story, { state: 'idleLocked' }>;

export function IdleLockedScreen({ view, story }: { view: View; story: Told }) {
  const { t, when } = useWords(view.look);
  const moment = when(story.guest.suspendedAt);
  const place = placeOf(view);
  const goesOn = moment === null ? t(`still.${place}.liveNever`) : t(`still.${place}.live`, { when: moment });
  const { checking, wrongTries, waitSeconds, fault, keys } = story;
  return (
    <Unlocking
      view={view}
      by={checking ?? 'passphrase'}
      story={
        checking === 'passphrase'
          ? {
              state: 'opening',
              vault: null,
              by: 'passphrase',
              work: { stages: [], fraction: null, secondsLeft: null, reversible: true },
            }
          : {
              ...{ state: 'locked', vault: null, wrongTries, waitSeconds, fault, keys: [...keys] },
              keyUsb: checking === 'keyUsb' ? 'looking' : 'idle',
              plainPassphraseFile: false,
            }
      }
      lock={{
        safeLine: story.paused ? t('ways.idle.pausedSafe') : goesOn,
        body: t(story.paused ? 'ways.idle.bodyPaused' : 'ways.idle.body'),
        others: (
          <Button
            kind="second"
            icon="moon"
            label={t('ways.idle.suspend')}
            onPress={() => void ask('suspend')}
          />
        ),
      }}
    />
  );
}
