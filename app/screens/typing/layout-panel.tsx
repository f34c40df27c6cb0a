// Which keyboard layout: the one in effect and the likely ones first, all of the system's list by search. Each is named in
// its own language. Choosing sets it at once on our X server; the field below shows what the keys write then.
import { useEffect, useId, useMemo, useState } from 'react';
import type { Layout } from '../../../preload/contract/keyboard';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Choices, Panel } from '../../parts/panel';
import { languageCode, nameOf, plainLetters } from '../../text/layout-names';
import { useWords } from '../use-words';
import { RememberChoice } from './remember-choice';
import { TryField } from './try-field';

/** So many are drawn; the rest are found by typing more of the name. */
const mostShown = 24;

const idOf = ({ layout, variant }: Pick<Layout, 'layout' | 'variant'>): string => `${layout} ${variant}`;

interface Named {
  readonly layout: Layout;
  readonly id: string;
  readonly own: string;
  readonly note: string;
  readonly searched: string;
}

function useLayouts(): readonly Named[] {
  const [layouts, setLayouts] = useState<readonly Layout[]>([]);
  useEffect(() => {
    void ask('listLayouts').then((reply) => setLayouts(reply.ok ? reply.value.layouts : []));
  }, []);
  return useMemo(
    () =>
      layouts.map((layout) => {
        const { own, note } = nameOf(layout);
        const searched = plainLetters(`${own} ${layout.description} ${layout.layout} ${layout.variant}`);
        return { layout, id: idOf(layout), own, note, searched };
      }),
    [layouts],
  );
}

/** In effect, then those of the person's language, then the one that most keyboards can be used as. */
function likely(all: readonly Named[], view: View): readonly Named[] {
  const now = view.keyboard === null ? '' : idOf(view.keyboard);
  const speaks = ({ layout }: Named): boolean =>
    layout.languages[0] !== undefined && languageCode(layout.languages[0]) === view.look.language;
  const rank = (each: Named): number =>
    each.id === now ? 0 : speaks(each) && !each.layout.isVariant ? 1 : each.id === 'us ' ? 2 : 3;
  return all
    .filter((each) => rank(each) < 3)
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, 6);
}

export function LayoutPanel({ view, onClose }: { view: View; onClose: () => void }) {
  const { t } = useWords(view.look);
  const all = useLayouts();
  const searchId = useId();
  const [search, setSearch] = useState('');
  const [failed, setFailed] = useState(false);
  const wanted = plainLetters(search.trim());
  const found = wanted === '' ? likely(all, view) : all.filter(({ searched }) => searched.includes(wanted));
  const shown = found.slice(0, mostShown);
  const choose = async (id: string): Promise<void> => {
    const named = all.find((each) => each.id === id);
    if (named === undefined) return;
    const { layout, variant } = named.layout;
    const reply = await ask('setLayout', { layout, variant });
    setFailed(!(reply.ok && reply.value.taken));
  };
  return (
    <Panel wide title={t('unlock.layouts.title')} closeLabel={t('tools.close')} onClose={onClose}>
      <div>
        <label htmlFor={searchId}>{t('unlock.layouts.search')}</label>
        <input
          id={searchId}
          className="plain"
          type="search"
          maxLength={60}
          autoComplete="off"
          spellCheck={false}
          value={search}
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <Choices
        label={t('unlock.layouts.found')}
        choices={shown.map(({ id, own, note, layout }) => ({
          value: id,
          text: own,
          note,
          lang: languageCode(layout.languages[0] ?? 'en'),
        }))}
        chosen={view.keyboard === null ? '' : idOf(view.keyboard)}
        onChoose={(id) => void choose(id)}
      />
      <p className="small" role="status">
        {failed
          ? t('unlock.layouts.failed')
          : shown.length === 0 && all.length > 0
            ? t('unlock.layouts.none')
            : found.length < all.length && (wanted === '' || found.length > shown.length)
              ? t('unlock.layouts.more')
              : ''}
      </p>
      <TryField view={view} />
      <RememberChoice view={view} />
    </Panel>
  );
}
