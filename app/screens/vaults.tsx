// Several vaults are here: which one? Names come from disks that anybody may have written, so each stands beside its mark,
// and what cannot be told from another or cannot be read says why, and cannot be opened. Nothing of their inside is here.
import { useRef, useState } from 'react';
import type { VaultCard } from '../../preload/contract/vaults';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Cards } from '../parts/cards';
import { isolate } from '../text/figures';
import { Frame } from './frame';
import { placeOf, useWords, type Words } from './use-words';

export function VaultsScreen({ view, story }: { view: View; story: Extract<Story, { state: 'vaults' }> }) {
  const words = useWords(view.look);
  const { t } = words;
  const first = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const { vaults } = story;
  const usable = vaults.filter(({ fault }) => fault === null);
  const chosen = vaults.find(({ id }) => id === wanted) ?? usable[0] ?? vaults[0];
  const cannot = chosen === undefined || chosen.fault !== null;
  return (
    <Frame
      view={view}
      sky="night"
      title={t('unlock.vaults.title')}
      safeLine={t(`still.${placeOf(view)}.wait`)}
      switchOff
      first={first}
    >
      {hasSameName(usable) ? <p>{t('unlock.vaults.sameName')}</p> : null}
      <form
        className="step"
        onSubmit={(event) => {
          event.preventDefault();
          if (!cannot) void ask('chooseVault', chosen.id);
        }}
      >
        <div className="asks">
          <Cards
            label={t('unlock.vaults.title')}
            cards={vaults.map((vault) => ({
              id: vault.id,
              name: nameOf(vault, view, words),
              notes: vault.mark === null ? [] : [t('unlock.vaults.mark', { mark: markOf(vault.mark, view) })],
              cannot: whyNot(vault, words),
            }))}
            chosen={chosen?.id ?? null}
            chosenRef={first}
            onChoose={setWanted}
          />
        </div>
        <div className="row acts">
          {cannot ? null : <Button submits label={t('unlock.vaults.choose')} />}
          {usable.length === vaults.length ? null : (
            <Button
              kind={cannot ? 'primary' : 'second'}
              label={t('exits.lookAgain.label')}
              onPress={() => void ask('takeExit', 'lookAgain')}
            />
          )}
        </div>
      </form>
    </Frame>
  );
}

/** Of that sentence, for the field below it. */
export const whichVaultId = 'which-vault';

/** Above the passphrase: which vault it is for. */
export function WhichVault({ vault, view }: { vault: VaultCard; view: View }) {
  const words = useWords(view.look);
  const { t } = words;
  const name = nameOf(vault, view, words);
  const { mark } = vault;
  return (
    <p id={whichVaultId}>
      {mark === null
        ? t('unlock.vaults.which', { name: isolate(name, view.look.language) })
        : t('unlock.vaults.whichMarked', {
            name: isolate(name, view.look.language),
            mark: markOf(mark, view),
          })}
    </p>
  );
}

function nameOf({ name }: VaultCard, view: View, { t }: Words): string {
  return name ?? t(`unlock.vaults.own.${placeOf(view)}`);
}

/** Latin letters and digits, read from left to right in every language. */
function markOf(mark: string, view: View): string {
  return isolate(`${mark.slice(0, 4)} ${mark.slice(4)}`, view.look.language);
}

function whyNot({ fault }: VaultCard, { t, faultOf }: Words): string | null {
  if (fault === null) return null;
  if (fault.code === 'ambiguousVault') return t('unlock.vaults.twin');
  return faultOf(fault.code).title;
}

/** As eyes take them: whatever their case, width and spaces. */
function hasSameName(vaults: readonly VaultCard[]): boolean {
  const seen = vaults.map(
    ({ name }) =>
      name
        ?.normalize('NFKC')
        .toLowerCase()
        .replace(/[\s\p{Cf}]+/gu, ' ') ?? '',
  );
  return new Set(seen).size < seen.length;
}
