// The last session ended without being saved. Two ways to go on, each with what it brings back and what it leaves out;
// neither throws the other away.
import { useEffect, useRef } from 'react';
import type { Story, View } from '../../preload/contract/view';
import { ThreeRows } from '../parts/three-rows';
import { Frame } from './frame';
import { Exits } from './unfit';
import { placeOf, useWords } from './use-words';

export function AfterCrashScreen({
  view,
  story,
}: {
  view: View;
  story: Extract<Story, { state: 'afterCrash' }>;
}) {
  const words = useWords(view.look);
  const { t, when } = words;
  const primary = useRef<HTMLButtonElement>(null);
  useEffect(() => primary.current?.focus(), []);
  const saved = when(story.savedAt) ?? '';
  const until = when(story.until) ?? '';
  return (
    <Frame
      view={view}
      sky="storm"
      title={t('afterCrash.title')}
      safeLine={t(`still.${placeOf(view)}.choosing`)}
      switchOff
      first={primary}
    >
      <ThreeRows
        rows={[
          { term: t('fault.happened'), text: t('afterCrash.happened') },
          { term: t('fault.safe'), text: t('afterCrash.safe', { saved, until }) },
          {
            term: t('fault.press'),
            text: (
              <>
                <b>{t('exits.wakeExact.label')}</b> {t('afterCrash.exact', { saved })}{' '}
                <b>{t('exits.wakeSavedFiles.label')}</b> {t('afterCrash.files', { until })}
              </>
            ),
          },
        ]}
      />
      <Exits exits={story.exits} words={words} primary={primary} />
    </Frame>
  );
}
