// Opt-in: language, look and keyboard are kept in clear text outside the vault. Off until the owner says otherwise.
import { useState } from 'react';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Check } from '../../parts/check';
import { placeOf, useWords } from '../use-words';

export function RememberChoice({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const [failed, setFailed] = useState(false);
  const change = async (wanted: boolean): Promise<void> => {
    const reply = await ask('setRemember', wanted);
    setFailed(!(reply.ok && reply.value.taken));
  };
  return (
    <Check
      label={t('unlock.remember.label')}
      note={failed ? t('unlock.remember.failed') : t(`unlock.remember.note.${placeOf(view)}`)}
      on={view.remembered}
      onChange={(wanted) => void change(wanted)}
    />
  );
}
