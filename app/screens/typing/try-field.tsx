// The field to try the keys in: plain text, no secret, kept nowhere and gone with its panel.
import { type Ref, useId } from 'react';
import type { View } from '../../../preload/contract/view';
import { useWords } from '../use-words';

export function TryField({ view, inputRef }: { view: View; inputRef?: Ref<HTMLInputElement> }) {
  const { t } = useWords(view.look);
  const id = useId();
  return (
    <div>
      <label htmlFor={id}>{t('unlock.test.label')}</label>
      <input
        id={id}
        ref={inputRef}
        className="plain try"
        type="text"
        dir="auto"
        maxLength={200}
        autoComplete="off"
        autoCorrect="off"
        autoCapitalize="none"
        spellCheck={false}
      />
    </div>
  );
}
