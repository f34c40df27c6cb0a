// The recovery sheet on paper: a page of its own that main prints and throws away. Black on white, one A4 page, in the
// person's language. It says that it opens everything, how it is used and where to keep it.
import { useEffect, useRef } from 'react';
import type { View } from '../../preload/contract/view';
import { RecoveryGrid } from './recovery-grid';
import { digitsOfGroup, groupCount } from './setup/recovery-digits';
import { useWords } from './use-words';
import { drawRecoveryKey } from './ways/draw-recovery-key';

const digitsInAll = groupCount * digitsOfGroup;

export function PrintedSheet({ view }: { view: View }) {
  const { t, figures } = useWords(view.look);
  const cells = useRef<HTMLOListElement>(null);
  const code = useRef<HTMLDivElement>(null);
  useEffect(
    () =>
      drawRecoveryKey({
        ...{ cells: cells.current, code: code.current },
        spoken: (group) => group,
        onDrawn: (there) => {
          document.documentElement.dataset.sheet = there ? 'drawn' : 'empty';
        },
      }),
    [],
  );
  const today = new Intl.DateTimeFormat(view.look.language, { dateStyle: 'long' }).format(new Date());
  return (
    <article className="printed">
      <h1>{t('ways.sheet.paperTitle')}</h1>
      <p className="strong">{t('ways.sheet.paperOpens')}</p>
      <RecoveryGrid look={view.look} listRef={cells} />
      <div className="qr" role="img" aria-label={t('ways.sheet.qr')} ref={code} />
      <p>{t('ways.sheet.paperUse', { n: figures.number(digitsInAll) })}</p>
      <p>{t('ways.sheet.paperKeep')}</p>
      <p className="small">{t('ways.sheet.paperMade', { when: today })}</p>
    </article>
  );
}
