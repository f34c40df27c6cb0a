// Checking and resuming: the disc rises by the work's progress, the safe line says what stays as it is.
// Once the guest is back its last picture takes the page, until the viewer has its first one.
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Curtain, useCurtain } from './curtain';
import { Frame } from './frame';
import { onlyShows } from './mark-of';
import { placeOf, useWords } from './use-words';
import { WorkView } from './work-view';

type Waking = Extract<Story, { state: 'checking' | 'resuming' }>;

export function Resuming({ view, story }: { view: View; story: Waking }) {
  const { t, when } = useWords(view.look);
  // Checking is a stage of waking, not another screen: one title for both, or it would flash by.
  const fresh = story.state === 'resuming' ? story.fresh : story.guest.suspendedAt === null;
  const again = onlyShows(story.work);
  const at = placeOf(view);
  const moment = when(story.guest.suspendedAt);
  const stays = again ? 'live' : 'resuming';
  const curtain = useCurtain(story.guest.id, story.guest.hasPicture && !fresh && !again);
  const showing = story.work.stages.some((stage) => stage.id === 'show' && stage.state === 'now');
  if (curtain !== null && story.state === 'resuming' && story.curtain) {
    const blurred = view.controls.settings.curtain === 'blurred';
    return <Curtain url={curtain} blurred={blurred} label={t('resuming.title')} />;
  }
  return (
    <Frame
      view={view}
      sky={again ? 'day' : 'dawn'}
      title={t(again ? 'resuming.againTitle' : fresh ? 'resuming.freshTitle' : 'resuming.title')}
      safeLine={
        moment === null ? t(`still.${at}.${stays}Never`) : t(`still.${at}.${stays}`, { when: moment })
      }
      switchOff={false}
      arrival="waking"
    >
      <WorkView view={view} work={story.work} kind={fresh ? 'fresh' : 'usual'} />
      {story.work.reversible && !showing ? (
        <div className="row acts">
          <Button kind="second" icon="undo" label={t('resuming.stop')} onPress={() => void ask('cancel')} />
        </div>
      ) : null}
    </Frame>
  );
}
