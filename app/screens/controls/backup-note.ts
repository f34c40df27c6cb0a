// How the backup stands, in a word or two below its button: when the last good one was, or why to look. The colour says it
// too, and never alone. It says nothing where no backup is set up: the page does.
import type { BackupState } from '../../../preload/contract/backup';
import type { Words } from '../use-words';

/** Days after which a backup is old news. */
const oldDays = 7;

export function backupNote(
  { state, lastGoodAt, work }: BackupState,
  { t, when, figures }: Words,
): { readonly words: string; readonly tone: 'good' | 'care' | 'fault' } | null {
  switch (state) {
    case 'none':
      return null;
    case 'failed':
      return { words: t('controls.backup.note.failed'), tone: 'fault' };
    case 'paused':
      return { words: t('controls.backup.note.paused'), tone: 'care' };
    case 'running': {
      const { done, total } = work ?? { done: 0, total: null };
      const running = t('controls.backup.note.running');
      return {
        words: total === null || total === 0 ? running : figures.percent(Math.min(1, done / total)),
        tone: 'good',
      };
    }
    case 'idle': {
      const at = when(lastGoodAt);
      if (lastGoodAt === null || at === null) return { words: t('controls.backup.note.never'), tone: 'care' };
      const old = Date.now() - Date.parse(lastGoodAt) > oldDays * 86_400_000;
      return { words: at, tone: old ? 'care' : 'good' };
    }
  }
}
