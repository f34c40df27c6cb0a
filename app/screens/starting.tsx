// Until main has looked around. Nothing can be asked yet.
import type { View } from '../../preload/contract/view';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';

export function Starting({ view }: { view: View }) {
  const { t } = useWords(view.look);
  return (
    <Frame
      view={view}
      sky="night"
      title={t('starting.title')}
      safeLine={t(`still.${placeOf(view)}.wait`)}
      switchOff={false}
      facts
    />
  );
}
