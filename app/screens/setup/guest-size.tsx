// How much of this PC a new guest gets: asked only of who wants to know, beside the choice of a guest. No number comes from
// here: the sizes are main's, and so is which of them is taken.
import type { GuestKind, Offer } from '../../../preload/contract/setup';
import { ask } from '../../ask';
import { Choices, Panel } from '../../parts/panel';
import type { Words } from '../use-words';

interface SizeParts {
  readonly kind: GuestKind;
  readonly sized: Pick<Offer, 'size' | 'sizes'>;
  readonly words: Words;
  readonly onClose: () => void;
}

/** Three sizes at most, each of which main has found to fit. The one that is chosen holds at once. */
export function SizePanel({ kind, sized, words: { t, figures }, onClose }: SizeParts) {
  return (
    <Panel
      title={t('setup.guest.size.title')}
      closeLabel={t('setup.guest.size.done')}
      acts={null}
      onClose={onClose}
    >
      <p>{t('setup.guest.size.body')}</p>
      <Choices
        label={t('setup.guest.size.change')}
        choices={sized.sizes.map(({ size, diskBytes, ramBytes }) => ({
          value: size,
          text: t(`setup.guest.size.names.${size}`),
          note: [holds({ diskBytes, ramBytes }, { t, figures }), t(`setup.guest.size.notes.${size}`)].join(
            ' · ',
          ),
        }))}
        chosen={sized.size}
        onChoose={(size) => void ask('chooseGuestSize', { kind, size })}
      />
    </Panel>
  );
}

/** An image's disk is its own, and not known before its file is. */
export function holds(
  { diskBytes, ramBytes }: Pick<Offer, 'diskBytes' | 'ramBytes'>,
  { t, figures }: Pick<Words, 't' | 'figures'>,
): string {
  const ram = figures.memory(ramBytes);
  return diskBytes === 0
    ? t('setup.guest.holdsMemory', { ram })
    : t('setup.guest.holds', { disk: figures.size(diskBytes), ram });
}
