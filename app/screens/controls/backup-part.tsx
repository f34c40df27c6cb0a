// Whether what is in the vault lies anywhere else.
import type { View } from '../../../preload/contract/view';
import { Notice } from '../../parts/notice';
import { useWords } from '../use-words';

export function BackupPart({ view }: { view: View }) {
  const { t, when } = useWords(view.look);
  const { state, lastGoodAt } = view.controls.backup;
  const last = when(lastGoodAt);
  return (
    <>
      {state === 'none' ? (
        <Notice level="care" title={t('controls.backup.none')} body={t('controls.backup.noneBody')} />
      ) : null}
      {state === 'running' ? <p>{t('controls.backup.running')}</p> : null}
      {state === 'failed' ? <p>{t('controls.backup.failed')}</p> : null}
      {last === null ? null : <p className="num">{t('controls.backup.idle', { when: last })}</p>}
    </>
  );
}
