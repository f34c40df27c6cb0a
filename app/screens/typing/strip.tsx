// Below the passphrase: which keyboard layout is in effect, a place to test it, and the keyboard on the screen.
import { useState } from 'react';
import type { View } from '../../../preload/contract/view';
import { Icon, type IconName } from '../../parts/icon';
import { useWords } from '../use-words';
import { LayoutPanel } from './layout-panel';
import { layoutWords } from './layout-words';
import { TestPanel } from './test-panel';

export function TypingStrip({ view, onKeys }: { view: View; onKeys: () => void }) {
  const words = useWords(view.look);
  const { t } = words;
  const [open, setOpen] = useState<'layout' | 'test' | null>(null);
  const close = (): void => setOpen(null);
  return (
    <div className="strip">
      <Chip icon="languages" label={layoutWords(view, words)} onPress={() => setOpen('layout')} />
      <Chip icon="letter" label={t('unlock.strip.test')} onPress={() => setOpen('test')} />
      <Chip icon="keyboard" label={t('unlock.strip.screen')} onPress={onKeys} />
      {open === 'layout' ? <LayoutPanel view={view} onClose={close} /> : null}
      {open === 'test' ? <TestPanel view={view} onClose={close} onOther={() => setOpen('layout')} /> : null}
    </div>
  );
}

function Chip({ icon, label, onPress }: { icon: IconName; label: string; onPress: () => void }) {
  return (
    <button type="button" className="chip" onClick={onPress}>
      <Icon name={icon} />
      {label}
    </button>
  );
}
