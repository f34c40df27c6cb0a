// Checking and resuming: the disc rises by the work's progress, the safe line says what stays as it is.
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';
import { WorkView } from './work-view';

type Waking = Extract<Story, { state: 'checking' | 'resuming' }>;

export function Resuming({ view, story, title }: { view: View; story: Waking; title: string }) {
  const { t, when } = useWords(view.look);
  const at = placeOf(view);
  const moment = when(story.guest.suspendedAt);
  const showing = story.work.stages.some((stage) => stage.id === 'show' && stage.state === 'now');
  return (
    <Frame
      view={view}
      sky="dawn"
      title={title}
      safeLine={
        moment === null ? t(`still.${at}.resumingNever`) : t(`still.${at}.resuming`, { when: moment })
      }
      switchOff={false}
      arrival="waking"
    >
      <WorkView view={view} work={story.work} />
      {story.work.reversible && !showing ? (
        <div className="row acts">
          <Button kind="second" icon="undo" label={t('resuming.stop')} onPress={() => void ask('cancel')} />
        </div>
      ) : null}
    </Frame>
  );
}
