// This PC cannot wake the desktop: why, what is safe, what to press. The reasons come as codes and numbers, most serious
// first; what stops it is told, what would only make it slow is not.
import { useEffect, useRef } from 'react';
import type { Exit, Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { ThreeRows } from '../parts/three-rows';
import { Frame } from './frame';
import { placeOf, useWords, type Words } from './use-words';

type Unfit = Extract<Story, { state: 'unfit' }>;
type Reason = Unfit['fit']['reasons'][number];

export function UnfitScreen({ view, story }: { view: View; story: Unfit }) {
  const words = useWords(view.look);
  const { t, when } = words;
  const primary = useRef<HTMLButtonElement>(null);
  useEffect(() => primary.current?.focus(), []);
  const moment = when(story.guest.suspendedAt);
  const stops = story.fit.reasons.filter((reason) => reason.severity === 'stop');
  return (
    <Frame
      view={view}
      sky="storm"
      title={t('unfit.title')}
      safeLine={t(`still.${placeOf(view)}.choosing`)}
      switchOff
      first={primary}
    >
      <ThreeRows
        rows={[
          { term: t('fault.happened'), text: stops.map((reason) => reasonOf(reason, words)).join(' ') },
          {
            term: t('fault.safe'),
            text:
              moment === null
                ? t('fault.kept.oldGenerationNever')
                : t('fault.kept.oldGeneration', { when: moment }),
          },
          {
            term: t('fault.press'),
            text: t(story.fit.canStartAfresh ? 'unfit.afresh' : 'unfit.elsewhere'),
          },
        ]}
      />
      <Exits exits={story.exits} words={words} primary={primary} />
    </Frame>
  );
}

/** One button an exit; the first is the primary. */
export function Exits(about: {
  readonly exits: readonly Exit[];
  readonly words: Words;
  readonly primary: React.RefObject<HTMLButtonElement | null>;
}) {
  const { t } = about.words;
  return (
    <div className="row acts">
      {about.exits.map((exit, index) => (
        <Button
          key={exit}
          kind={index === 0 ? 'primary' : 'second'}
          label={t(`exits.${exit}.label`)}
          onPress={() => void ask('takeExit', exit)}
          {...(index === 0 ? { buttonRef: about.primary } : {})}
        />
      ))}
    </div>
  );
}

function reasonOf({ code, have, need }: Reason, { t, figures }: Words): string {
  const amount = (value: Reason['have']): string => (typeof value === 'number' ? figures.size(value) : '');
  return t(`unfit.reasons.${code}`, { have: amount(have), need: amount(need) });
}
