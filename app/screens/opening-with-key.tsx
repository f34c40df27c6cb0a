// Opening by key USB: nothing is typed, so the stages have the place of the field.
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';
import { WorkView } from './work-view';

export function OpeningWithKey({ view, story }: { view: View; story: Extract<Story, { state: 'opening' }> }) {
  const { t } = useWords(view.look);
  return (
    <Frame
      view={view}
      sky="night"
      title={t('opening.keyTitle')}
      safeLine={t(`still.${placeOf(view)}.opening`)}
      switchOff={false}
    >
      <WorkView view={view} work={story.work} />
      <div className="row acts">
        <Button kind="second" label={t('opening.stop')} onPress={() => void ask('cancel')} />
      </div>
    </Frame>
  );
}
