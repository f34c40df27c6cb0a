// Something broke: what happened, what is safe, what to press, one button an exit, and the machine's words for a helper.
// The sentences come from the fault's code; the message is shown only under the disclosure, as it is.
import { useEffect, useRef } from 'react';
import type { Exit, Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Disclosure, ThreeRows } from '../parts/three-rows';
import { Frame } from './frame';
import { type At, placeOf, useWords, type Words } from './use-words';

type Broken = Extract<Story, { state: 'fault' }>;

export function FaultScreen({ view, story }: { view: View; story: Broken }) {
  const words = useWords(view.look);
  const { t, faultOf, when } = words;
  const at = placeOf(view);
  const primary = useRef<HTMLButtonElement>(null);
  const { fault, exits } = story;
  const [first] = exits;
  useEffect(() => primary.current?.focus(), []);
  /** Going back names the moment it goes back to. */
  const older = when(story.olderAt);
  const labelOf = (exit: Exit): string =>
    exit === 'wakeOlder' && older !== null
      ? t('exits.wakeOlder.labelAt', { when: older })
      : t(`exits.${wordsFor(exit, at)}.label`);
  return (
    <Frame
      view={view}
      sky="storm"
      title={faultOf(fault.code).title}
      safeLine={safeLineOf(story, at, words)}
      switchOff={false}
      // One fault may follow another (a guest ends behind a fault): its news and its first exit are new ones.
      arrival={`fault ${fault.code}`}
      first={primary}
    >
      <div role="alert">
        <ThreeRows
          rows={[
            {
              term: t('fault.happened'),
              text: faultOf(fault.code).happened,
            },
            { term: t('fault.safe'), text: keptOf(story, words) },
            {
              term: t('fault.press'),
              text: (
                <>
                  {first === undefined ? null : (
                    <>
                      <b>{labelOf(first)}</b> {t(`exits.${wordsFor(first, at)}.does`)}{' '}
                    </>
                  )}
                  {faultOf(fault.code).advice}
                </>
              ),
            },
          ]}
        />
      </div>
      <div className="row acts">
        {exits.map((exit, index) => (
          <Button
            key={exit}
            kind={index === 0 ? 'primary' : 'second'}
            label={labelOf(exit)}
            onPress={() => void ask('takeExit', exit)}
            {...(index === 0 ? { buttonRef: primary } : {})}
          />
        ))}
      </div>
      <Disclosure
        label={t('fault.helper', { code: fault.code })}
        rows={[
          { term: t('fault.stage'), text: fault.stage },
          { term: t('fault.message'), text: fault.message },
          ...(fault.hint === undefined ? [] : [{ term: t('fault.hint'), text: fault.hint }]),
        ]}
      />
    </Frame>
  );
}

/** Switching off means the PC on a stick, the window on somebody's desk. */
function wordsFor(exit: Exit, at: At): Exit | 'closeSoulPad' {
  return exit === 'switchOff' && at === 'desk' ? 'closeSoulPad' : exit;
}

function keptOf(story: Broken, { t, when }: Words): string {
  const moment = when(story.savedAt);
  switch (story.safe) {
    case 'oldGeneration':
      // Whether it is as it was is just what the check denies.
      if (story.fault.code.startsWith('damaged')) return t('fault.kept.damaged');
      return moment === null
        ? t('fault.kept.oldGenerationNever')
        : t('fault.kept.oldGeneration', { when: moment });
    case 'newGeneration':
      return moment === null
        ? t('fault.kept.newGenerationNever')
        : t('fault.kept.newGeneration', { when: moment });
    default:
      return t(`fault.kept.${story.safe}`);
  }
}

/** A vault that can still be closed is still open: that decides whether the stick may come out. */
function safeLineOf(story: Broken, at: At, { t, when }: Words): string {
  if (story.safe === 'guestRuns') {
    const moment = when(story.savedAt);
    return moment === null ? t(`still.${at}.liveNever`) : t(`still.${at}.live`, { when: moment });
  }
  const open = story.exits.includes('closeVault');
  // Not 'wait': another program may have opened it.
  if (story.safe === 'nothingOpened') return t(`still.${at}.${open ? 'choosing' : 'wrong'}`);
  return t(`still.${at}.${open ? 'broken' : 'off'}`);
}
