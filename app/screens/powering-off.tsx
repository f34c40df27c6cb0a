// The last picture before the PC (or SoulPad's window) goes.
import type { View } from '../../preload/contract/view';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';

export function PoweringOff({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const at = placeOf(view);
  return (
    <Frame
      view={view}
      sky="night"
      title={t(`poweringOff.title.${at}`)}
      safeLine={t(`still.${at}.off`)}
      switchOff={false}
    />
  );
}
