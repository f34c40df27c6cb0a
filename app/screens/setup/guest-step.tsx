// Step 3: which guest. Three cards and, on request, the tiny test guest; sizes are said before anything starts. A file is
// chosen in main's own dialog: the page gets its shown name and sizes, never a path.
import { useRef, useState } from 'react';
import type { GuestKind, Offer, Picked } from '../../../preload/contract/setup';
import { ask } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { type CardLine, Cards } from '../../parts/cards';
import { What } from '../../parts/what';
import { isolate } from '../../text/figures';
import { useWords, type Words } from '../use-words';
import { holds, SizePanel } from './guest-size';
import { Step, type StepParts } from './step';

/** Under "More choices" only. */
const underMore: GuestKind = 'witness';

export function GuestStep({ view, story }: StepParts) {
  const words = useWords(view.look);
  const { t } = words;
  const { offers, picked, picking } = story;
  const first = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<GuestKind | null>(null);
  const [more, setMore] = useState(false);
  const [sizing, setSizing] = useState(false);
  const usual = offers?.find((offer) => offer.possible && offer.kind !== underMore) ?? offers?.[0];
  const kind = wanted ?? picked?.kind ?? usual?.kind ?? null;
  const chosen = offers?.find((offer) => offer.kind === kind) ?? null;
  const shown = (offers ?? []).filter((offer) => more || offer.kind !== underMore || offer.kind === kind);
  const file = picked !== null && picked.kind === kind ? picked.file : null;
  const sized = picked !== null && picked.kind === kind ? picked : chosen;
  const fromFile = kind === 'image' || kind === 'iso';
  const submit = (): void => {
    if (chosen === null || !chosen.possible || chosen.sizing || picking) return;
    if (fromFile && file === null) void ask('pickGuest', chosen.kind);
    else void take(chosen.kind, picked);
  };
  const size =
    chosen?.possible === true && (sized?.sizes.length ?? 0) > 1 && !picking ? (
      <Button kind="quiet" icon="tune" label={t('setup.guest.size.change')} onPress={() => setSizing(true)} />
    ) : null;
  const step = (
    <Step
      view={view}
      story={story}
      title={t('setup.guest.title')}
      safe={story.vault === 'made' ? 'setupMade' : 'setup'}
      asks={offers === null ? 'asking' : `${picked?.kind} ${picked?.file}`}
      first={first}
      onSubmit={submit}
      act={
        <>
          <Act chosen={chosen} file={file} picking={picking} words={words} />
          {/* A fault takes the room of a line: what may mend it comes up here. */}
          {story.fault !== null ? (
            size
          ) : offers !== null && shown.length < offers.length ? (
            <Button kind="quiet" icon="more" label={t('setup.guest.more')} onPress={() => setMore(true)} />
          ) : null}
        </>
      }
    >
      {offers === null ? <p>{t('setup.guest.asking')}</p> : null}
      <Cards
        label={t('setup.guest.title')}
        cards={shown.map((offer) => cardOf({ offer, picked, recommended: offer === usual, words }))}
        chosen={kind}
        chosenRef={first}
        onChoose={setWanted}
      />
      {offers === null ? null : (
        <div className="row others">
          {/* A fault has its place. */}
          {story.fault === null ? (
            <What label={t('setup.what')}>
              {shown.map((offer) => (
                <p key={offer.kind}>
                  <b>{t(`setup.guest.kinds.${offer.kind}.name`)}</b>{' '}
                  {t(`setup.guest.kinds.${offer.kind}.what`)}
                </p>
              ))}
            </What>
          ) : null}
          {fromFile && file !== null && chosen !== null ? (
            <Button
              kind="quiet"
              icon="again"
              label={t('setup.guest.pickOther')}
              onPress={() => void ask('pickGuest', chosen.kind)}
            />
          ) : null}
          {story.fault === null ? size : null}
        </div>
      )}
    </Step>
  );
  return (
    <>
      {step}
      {sizing && kind !== null && sized !== null ? (
        <SizePanel kind={kind} sized={sized} words={words} onClose={() => setSizing(false)} />
      ) : null}
    </>
  );
}

/** What needs no file is picked and gone on with in one press. */
async function take(kind: GuestKind, picked: Picked | null): Promise<void> {
  if (picked?.kind !== kind) {
    const reply = await ask('pickGuest', kind);
    if (!reply.ok || !reply.value.taken) return;
  }
  await ask('setupNext');
}

interface ActParts {
  readonly chosen: Offer | null;
  readonly file: string | null;
  readonly picking: boolean;
  readonly words: Words;
}

function Act({ chosen, file, picking, words: { t } }: ActParts) {
  if (chosen === null) return <WaitingButton label={t('work.unknown')} />;
  if (picking) return <WaitingButton label={t('setup.guest.picking')} />;
  if (!chosen.possible) return <WaitingButton label={t('setup.guest.cannot')} />;
  if (chosen.sizing) return <WaitingButton label={t('work.unknown')} />;
  switch (chosen.kind) {
    case 'desktop':
      return <Button submits icon="arrowRight" label={t('setup.guest.take')} />;
    case 'witness':
      return <Button submits icon="arrowRight" label={t('setup.guest.takeTest')} />;
    default:
      return file === null ? (
        <Button submits label={t('setup.guest.pick')} />
      ) : (
        <Button submits icon="arrowRight" label={t('setup.next')} />
      );
  }
}

interface CardParts {
  readonly offer: Offer;
  readonly picked: Picked | null;
  readonly recommended: boolean;
  readonly words: Words;
}

function cardOf({ offer, picked, recommended, words }: CardParts): CardLine<GuestKind> {
  const { t, figures } = words;
  const { kind } = offer;
  const mine = picked !== null && picked.kind === kind ? picked : null;
  const sizes = {
    disk: figures.size((mine ?? offer).diskBytes),
    ram: figures.memory((mine ?? offer).ramBytes),
  };
  const note = t(`setup.guest.kinds.${kind}.note`);
  const minutes = offer.usualSeconds === null ? null : Math.ceil(offer.usualSeconds / 60);
  const facts = [
    downloadOf(offer, words),
    holds(mine ?? offer, words),
    ...(minutes === null ? [] : [t('setup.guest.usually', { count: minutes, n: figures.number(minutes) })]),
  ].join(' · ');
  const file = mine?.file == null ? null : isolate(mine.file, words.language);
  const usable = file === null ? note : t('setup.guest.picked', { file, ...sizes });
  return {
    id: kind,
    name: t(`setup.guest.kinds.${kind}.name`),
    ...(recommended && offer.possible && kind === 'desktop' ? { tag: t('setup.guest.recommended') } : {}),
    // Why not stands in the place of what it would be.
    notes: !offer.possible ? [] : kind === 'desktop' ? [usable, facts] : [usable],
    cannot: offer.possible ? null : whyNot(offer, words),
  };
}

function downloadOf({ sizing, downloadBytes }: Offer, { t, figures }: Words): string {
  if (sizing) return t('setup.guest.sizing');
  return downloadBytes === null
    ? t('setup.guest.noDownload')
    : t('setup.guest.download', { size: figures.size(downloadBytes) });
}

function whyNot({ why, need, have }: Offer, { t, figures }: Words): string {
  switch (why) {
    case 'diskTooSmall':
    case 'memoryTooSmall': {
      if (need === null || have === null) return t('setup.guest.why.unknown');
      const said = why === 'diskTooSmall' ? figures.size : figures.memory;
      return t(`setup.guest.why.${why}`, { need: said(need), have: said(have) });
    }
    case null:
      return t('setup.guest.why.unknown');
    default:
      return t(`setup.guest.why.${why}`);
  }
}
