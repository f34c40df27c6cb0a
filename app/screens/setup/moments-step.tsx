// What lies in the backup, newest first: all of the stick, or one moment of one guest. What has no room here says how much
// it needs and can still be read; nothing is chosen for the person but the newest that fits.
import { useRef, useState } from 'react';
import type { FoundBackup, RestoreChoice } from '../../../preload/contract/restore';
import { ask } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { type CardLine, Cards } from '../../parts/cards';
import { What } from '../../parts/what';
import { asTitle, isolate } from '../../text/figures';
import { BackupScreen } from '../last-screen';
import { useWords, type Words } from '../use-words';
import { Step, type StepParts } from './step';

/** Cards; more do not fit under one question, fewer under news of a fault. Older moments come on request. */
const atOnce = { plain: 3, fault: 2 } as const;

export function MomentsStep({ view, story }: StepParts) {
  const words = useWords(view.look);
  const { t, figures } = words;
  const first = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<RestoreChoice | null>(null);
  const [all, setAll] = useState(false);
  const found = story.restore?.found ?? null;
  if (found === null) return null;
  const { whole, moments, more } = found;
  const chosen = wanted ?? usualOf(found);
  const room = atOnce[story.fault === null ? 'plain' : 'fault'] - (whole === null ? 0 : 1);
  const shown = all ? moments.length : Math.min(moments.length, room);
  const older = moments.length - shown;
  const fits = (chosen === 'all' ? whole : moments[chosen])?.fits === true;
  return (
    <Step
      view={view}
      story={story}
      title={t('restore.moments.title')}
      safe={{ said: t('restore.safe') }}
      asks="moments"
      first={first}
      onSubmit={() => {
        if (fits) void ask('chooseBackup', chosen);
      }}
      act={
        <>
          {fits ? (
            <Button
              submits
              icon="arrowRight"
              label={t(chosen === 'all' ? 'restore.moments.takeWhole' : 'restore.moments.take')}
            />
          ) : (
            <WaitingButton label={t('restore.moments.cannot')} />
          )}
          {older > 0 ? (
            <Button
              kind="quiet"
              icon="more"
              label={t('restore.moments.older', { count: older, n: figures.number(older) })}
              onPress={() => setAll(true)}
            />
          ) : null}
        </>
      }
    >
      <Cards
        label={t('restore.moments.title')}
        cards={[...wholeCard(found, words), ...momentCards(found, shown, words)]}
        chosen={`${chosen}`}
        chosenRef={first}
        onChoose={(id) => setWanted(id === 'all' ? 'all' : Number(id))}
      />
      {all && more > 0 ? (
        <p className="small num">{t('restore.moments.more', { n: figures.number(more) })}</p>
      ) : null}
      {story.fault === null ? (
        <What label={t('setup.what')}>
          <p>{t('restore.moments.what')}</p>
        </What>
      ) : null}
    </Step>
  );
}

/** All of it, or else the newest that fits, or the newest. */
function usualOf({ whole, moments }: FoundBackup): RestoreChoice {
  if (whole?.fits === true) return 'all';
  return Math.max(
    0,
    moments.findIndex(({ fits }) => fits),
  );
}

function wholeCard({ whole, freeBytes }: FoundBackup, { t, figures }: Words): CardLine<string>[] {
  if (whole === null) return [];
  const { guests, bytes, fits } = whole;
  const note = t('restore.moments.wholeNote', { count: guests, n: figures.number(guests) });
  const sizes = { need: figures.size(bytes ?? 0), have: figures.size(freeBytes ?? 0) };
  return [
    {
      id: 'all',
      name: t('restore.moments.whole'),
      notes: [bytes === null ? note : `${note} · ${figures.size(bytes)}`],
      cannot: fits ? null : t('restore.moments.wholeTooSmall', sizes),
    },
  ];
}

function momentCards(
  { moments, freeBytes }: FoundBackup,
  shown: number,
  { t, figures, when, language }: Words,
): CardLine<string>[] {
  return moments.slice(0, shown).map(({ guest, at, bytes, fits }, index) => {
    const name = isolate(guest, language);
    const sizes = { need: figures.size(bytes ?? 0), have: figures.size(freeBytes ?? 0) };
    return {
      id: `${index}`,
      name: asTitle(when(at) ?? at, language),
      ...(index === 0 ? { tag: t('restore.moments.newest') } : {}),
      notes: [bytes === null ? name : t('restore.moments.of', { guest: name, size: figures.size(bytes) })],
      cannot: fits ? null : t('restore.moments.tooSmall', sizes),
      picture: <BackupScreen of={index} />,
    };
  });
}
