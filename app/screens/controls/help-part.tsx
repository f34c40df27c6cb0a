// Which keys lead here, and others for whose desktop needs those; how the last picture stands in while the guest wakes.
import { hotKeySchema } from '../../../preload/contract/controls';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Choices } from '../../parts/panel';
import { isolate } from '../../text/figures';
import { useWords } from '../use-words';

export function HelpPart({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const { settings } = view.controls;
  return (
    <>
      <p>{t('controls.help.keys', { key: isolate(settings.hotKey, view.look.language) })}</p>
      <Choices
        label={t('controls.help.hotKey')}
        choices={hotKeySchema.options.map((value) => ({ value, text: value }))}
        chosen={settings.hotKey}
        onChoose={(hotKey) => void ask('setControls', { ...settings, hotKey })}
      />
      <Choices
        label={t('controls.display.curtain')}
        choices={(['plain', 'blurred'] as const).map((value) => ({
          value,
          text: t(`controls.display.curtains.${value}`),
        }))}
        chosen={settings.curtain}
        onChoose={(curtain) => void ask('setControls', { ...settings, curtain })}
      />
    </>
  );
}
