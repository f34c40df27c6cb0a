// "Test my keys": what the keys write, in a field that is no secret, with the layout's keys drawn below it.
import { useEffect, useRef } from 'react';
import type { View } from '../../../preload/contract/view';
import { Button } from '../../parts/button';
import { Panel } from '../../parts/panel';
import { useWords } from '../use-words';
import { layoutWords } from './layout-words';
import { ScreenKeyboard } from './screen-keyboard';
import { TryField } from './try-field';

interface TestPanelParts {
  readonly view: View;
  readonly onClose: () => void;
  readonly onOther: () => void;
}

export function TestPanel({ view, onClose, onOther }: TestPanelParts) {
  const words = useWords(view.look);
  const { t } = words;
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.focus(), []);
  return (
    <Panel
      wide
      title={t('unlock.test.title')}
      closeLabel={t('tools.close')}
      onClose={onClose}
      more={<Button kind="second" icon="languages" label={t('unlock.test.other')} onPress={onOther} />}
    >
      <p>
        <b>{layoutWords(view, words)}.</b> {t('unlock.test.body')}
      </p>
      <TryField view={view} inputRef={field} />
      <ScreenKeyboard view={view} field={field} />
    </Panel>
  );
}
