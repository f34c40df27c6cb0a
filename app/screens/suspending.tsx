// Suspending, and closing the vault afterwards: the disc sinks by the work's progress. Until CURRENT is renamed the person
// can cancel and a pulled stick returns to the moment before; the safe line changes exactly there.
import { useEffect } from 'react';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Frame } from './frame';
import { useSay } from './say';
import { type At, placeOf, useWords, type Words } from './use-words';
import { WorkView } from './work-view';

type Suspending = Extract<Story, { state: 'suspending' }>;

export function SuspendingScreen({ view, story }: { view: View; story: Suspending }) {
  const words = useWords(view.look);
  const { t } = words;
  const at = placeOf(view);
  const saves = story.work.stages.some((stage) => stage.id === 'ram');
  const title =
    at === 'stick'
      ? t(saves ? 'suspending.title' : 'suspending.closingTitle')
      : t(saves ? 'suspending.deskTitle' : 'suspending.deskClosingTitle');
  const why = story.battery === null ? '' : t(`suspending.battery.${story.battery}`);
  const say = useSay();
  useEffect(() => say(why), [why, say]);
  return (
    <Frame
      view={view}
      sky="dusk"
      title={title}
      safeLine={saves ? safeLineOf(story, at, words) : t(`still.${at}.closing`)}
      switchOff={false}
    >
      {why === '' ? null : <Notice level="care" title={why} />}
      <WorkView view={view} work={story.work} />
      {saves && story.battery !== 'empty' && story.work.reversible && !backsUp(story) ? (
        <div className="row acts">
          <Button
            kind="second"
            icon="undo"
            label={t('suspending.cancel')}
            onPress={() => void ask('cancel')}
          />
        </div>
      ) : null}
      {backsUp(story) ? (
        <div className="row acts">
          <Button kind="second" label={t('controls.backup.skip')} onPress={() => void ask('cancel')} />
        </div>
      ) : null}
    </Frame>
  );
}

function backsUp(story: Suspending): boolean {
  return story.work.stages.some(({ id, state }) => id === 'backup' && state === 'now');
}

/** `verify`, `backup` and `close` come after the rename: only from there on is the new moment the one a cut returns to. */
function safeLineOf(story: Suspending, at: At, { t, when }: Words): string {
  const now = story.work.stages.find((stage) => stage.state === 'now')?.id;
  if (now === 'verify' || now === 'backup' || now === 'close') return t(`still.${at}.written`);
  const moment = when(story.returnsTo);
  return moment === null ? t(`still.${at}.suspendingNever`) : t(`still.${at}.suspending`, { when: moment });
}
