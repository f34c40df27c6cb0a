// Keys that this PC would take for itself, sent to the guest by QEMU; it is shown again with the first one.
import type { SentKeys } from '../../../preload/contract/screen';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { useWords } from '../use-words';

const functionKeys = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12] as const;

export function KeysPart({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const send = (keys: SentKeys): void => void ask('sendKeys', keys);
  return (
    <>
      <p>{t('controls.keys.what')}</p>
      <div className="row acts">
        <Button kind="second" icon="keyboard" label="Ctrl+Alt+Del" onPress={() => send('ctrl-alt-delete')} />
        <Button kind="second" label={t('controls.keys.print')} onPress={() => send('print')} />
      </div>
      <fieldset className="choices keys">
        <legend>{t('controls.keys.functions')}</legend>
        {functionKeys.map((number) => (
          <button
            type="button"
            className="btn second"
            key={number}
            aria-label={`Ctrl+Alt+F${number}`}
            onClick={() => send(`ctrl-alt-f${number}`)}
          >
            F{number}
          </button>
        ))}
      </fieldset>
    </>
  );
}
