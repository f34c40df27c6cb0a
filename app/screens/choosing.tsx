// Several guests live in the vault: which one wakes?
import { useState } from 'react';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { GuestCards } from '../parts/guest-cards';
import { isolate } from '../text/figures';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';

export function Choosing({ view, story }: { view: View; story: Extract<Story, { state: 'choosing' }> }) {
  const { t, when } = useWords(view.look);
  const [wanted, setWanted] = useState<string | null>(null);
  const chosen = story.guests.find((guest) => guest.id === wanted) ?? story.guests[0];
  return (
    <Frame
      view={view}
      sky="dawn"
      title={t(chosen === undefined ? 'choosing.none' : 'choosing.title')}
      safeLine={t(`still.${placeOf(view)}.choosing`)}
      switchOff
      facts
    >
      {chosen === undefined ? (
        <p>{t('choosing.noneBody')}</p>
      ) : (
        <>
          <GuestCards
            label={t('choosing.title')}
            guests={story.guests.map((guest) => {
              const moment = when(guest.suspendedAt);
              return {
                id: guest.id,
                name: guest.name,
                when: moment === null ? t('choosing.never') : t('choosing.suspended', { when: moment }),
              };
            })}
            chosen={chosen.id}
            onChoose={setWanted}
          />
          <div className="row acts">
            <Button
              label={t('choosing.wake', { name: isolate(chosen.name, view.look.language) })}
              onPress={() => void ask('chooseGuest', chosen.id)}
            />
          </div>
        </>
      )}
    </Frame>
  );
}
