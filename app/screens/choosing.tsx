// Several guests live in the vault: which one wakes? The one used last is first and chosen; each has a picture of its
// last screen, when it went to sleep and what it takes up.
import { useRef, useState } from 'react';
import type { GuestCard, Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Cards } from '../parts/cards';
import { isolate } from '../text/figures';
import { Frame } from './frame';
import { LastScreen } from './last-screen';
import { placeOf, useWords, type Words } from './use-words';

/** More do not fit under one question; the older ones come on request. */
const atOnce = 3;

export function Choosing({ view, story }: { view: View; story: Extract<Story, { state: 'choosing' }> }) {
  const words = useWords(view.look);
  const { t, figures } = words;
  const first = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const guests = lastUsedFirst(story.guests);
  const chosen = guests.find((guest) => guest.id === wanted) ?? guests[0];
  const shown = all || guests.length === atOnce + 1 ? guests : guests.slice(0, atOnce);
  const older = guests.length - shown.length;
  const wake = (): void => {
    if (chosen !== undefined) void ask('chooseGuest', chosen.id);
  };
  return (
    <Frame
      view={view}
      sky="dawn"
      title={t(chosen === undefined ? 'choosing.none' : 'choosing.title')}
      safeLine={t(`still.${placeOf(view)}.choosing`)}
      switchOff
      facts={guests.length < atOnce}
      first={first}
    >
      {chosen === undefined ? (
        <p>{t('choosing.noneBody')}</p>
      ) : (
        <form
          className="step"
          onSubmit={(event) => {
            event.preventDefault();
            wake();
          }}
        >
          <div className="asks">
            <Cards
              label={t('choosing.title')}
              cards={shown.map((guest) => ({
                id: guest.id,
                name: guest.name,
                notes: [whenOf(guest, words), sizeOf(guest, words)].filter((note) => note !== ''),
                picture: <LastScreen of={guest.id} has={guest.hasPicture} />,
              }))}
              chosen={chosen.id}
              chosenRef={first}
              onChoose={setWanted}
            />
          </div>
          <div className="row acts">
            <Button submits label={t('choosing.wake', { name: isolate(chosen.name, view.look.language) })} />
            <Button
              kind="second"
              label={t('choosing.moments')}
              onPress={() => void ask('showMoments', chosen.id)}
            />
            {older > 0 ? (
              <Button
                kind="second"
                label={t('choosing.older', { count: older, n: figures.number(older) })}
                onPress={() => setAll(true)}
              />
            ) : null}
            <Button kind="quiet" icon="key" label={t('ways.open')} onPress={() => void ask('showWays')} />
          </div>
        </form>
      )}
    </Frame>
  );
}

/** Awake ones first, then by the moment of sleep; what was never awake comes last. RFC 3339 in UTC sorts as text. */
function lastUsedFirst(guests: readonly GuestCard[]): GuestCard[] {
  const rank = ({ state, suspendedAt }: GuestCard): string =>
    state === 'running' ? 'now' : (suspendedAt ?? '');
  return [...guests].sort((one, other) => (rank(one) < rank(other) ? 1 : rank(one) > rank(other) ? -1 : 0));
}

function whenOf({ state, suspendedAt }: GuestCard, { t, when }: Words): string {
  if (state === 'running') return t('choosing.running');
  const moment = when(suspendedAt);
  return moment === null ? t('choosing.never') : t('choosing.suspended', { when: moment });
}

function sizeOf({ bytes }: GuestCard, { t, figures }: Words): string {
  return bytes === null ? '' : t('choosing.size', { size: figures.size(bytes) });
}
