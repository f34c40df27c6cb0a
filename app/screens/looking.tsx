// Looking for vaults and keys.
import type { View } from '../../preload/contract/view';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';

export function Looking({ view }: { view: View }) {
  const { t } = useWords(view.look);
  return (
    <Frame
      view={view}
      sky="night"
      title={t('looking.title')}
      safeLine={t(`still.${placeOf(view)}.wait`)}
      switchOff
      facts
    >
      <p>{t('looking.body')}</p>
    </Frame>
  );
}
