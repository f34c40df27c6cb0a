// Which disk? All that this PC has, those that can become a stick first; the others say why they cannot. What is plugged in
// while the page is shown appears by itself. Without an image there is nothing to write: how it is made stands here.
import { useEffect, useRef, useState } from 'react';
import type { DiskCard } from '../../../preload/contract/sticks';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Cards } from '../../parts/cards';
import { isolate } from '../../text/figures';
import { Frame } from '../frame';
import { useSay } from '../say';
import { useWords, type Words } from '../use-words';
import { type AtSticks, WhyNot } from './told';

/** More do not fit under one question, or under what went wrong; the others come on request. */
const atOnce = { usual: 3, afterFault: 1 };
/** As the person types it, in every language. */
const command = 'npm run stick:build';

export function DiskList({ view, story }: { view: View; story: AtSticks }) {
  const words = useWords(view.look);
  const { t, figures } = words;
  const first = useRef<HTMLInputElement>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [all, setAll] = useState(false);
  const { found, fault, touched } = story;
  const image = found?.image ?? null;
  const disks = [...(found?.disks ?? [])].sort(usableFirst);
  const room = fault === null ? atOnce.usual : atOnce.afterFault;
  const shown = all || (fault === null && disks.length === room + 1) ? disks : disks.slice(0, room);
  const chosen = shown.find(({ id }) => id === wanted) ?? shown[0];
  const others = disks.length - shown.length;
  useNewDisksSaid(found === null ? null : disks, words);
  const title = found === null ? 'sticks.looking' : image === null ? 'sticks.none.title' : 'sticks.title';
  return (
    <Frame
      view={view}
      sky="day"
      title={t(title)}
      safeLine={t(touched ? 'sticks.safe.empty' : 'sticks.safe.nothing')}
      switchOff
      arrival={`sticks ${title} ${fault?.code}`}
      {...(chosen === undefined ? {} : { first })}
    >
      <form
        className="step"
        onSubmit={(event) => {
          event.preventDefault();
          if (image !== null && chosen?.refused === null) void ask('askDisk', chosen.id);
        }}
      >
        <div className="asks">
          {fault === null ? null : <WhyNot view={view} fault={fault} touched={touched} />}
          {found !== null && image === null ? <NoImage words={words} /> : null}
          {image === null ? null : (
            <p>
              {disks.some(({ refused }) => refused !== 'notRemovable' && refused !== 'system')
                ? t('sticks.need', { size: figures.size(image.leastDiskBytes) })
                : t('sticks.noDisk')}
            </p>
          )}
          {image === null || disks.length === 0 ? null : (
            <Cards
              label={t('sticks.title')}
              cards={shown.map((disk) => ({
                id: disk.id,
                name: disk.name,
                notes: notesOf(disk, words),
                cannot: disk.refused === null ? null : t(`sticks.refused.${disk.refused}`),
              }))}
              chosen={chosen?.id ?? null}
              chosenRef={first}
              onChoose={setWanted}
            />
          )}
        </div>
        <div className="row acts">
          {image === null || chosen === undefined || chosen.refused !== null ? null : (
            <Button submits icon="arrowRight" label={t('sticks.choose')} />
          )}
          {image !== null && others > 0 ? (
            <Button
              kind="second"
              label={t('sticks.others', { count: others, n: figures.number(others) })}
              onPress={() => setAll(true)}
            />
          ) : null}
          <Button
            kind="second"
            icon="undo"
            label={t('sticks.back')}
            onPress={() => void ask('leaveSticks')}
          />
        </div>
      </form>
    </Frame>
  );
}

/** What appears by itself is said too. Null: nothing is known yet. */
function useNewDisksSaid(disks: readonly DiskCard[] | null, { figures }: Words): void {
  const say = useSay();
  const heard = useRef<readonly string[] | null>(null);
  useEffect(() => {
    if (disks === null) return;
    const usable = disks.filter(({ refused }) => refused === null);
    const before = heard.current;
    const fresh = before === null ? undefined : usable.find(({ id }) => !before.includes(id));
    heard.current = usable.map(({ id }) => id);
    if (fresh !== undefined) say(`${fresh.name}, ${figures.size(fresh.bytes)}`);
  }, [disks, figures, say]);
}

function NoImage({ words: { t } }: { words: Words }) {
  return (
    <>
      <p>{t('sticks.none.body')}</p>
      <figure className="shown-line">
        <figcaption className="small">{t('sticks.none.how')}</figcaption>
        <code dir="ltr">{command}</code>
      </figure>
    </>
  );
}

/** Two sticks of one kind differ by their serial numbers alone. */
function notesOf({ bytes, serial, name }: DiskCard, { t, figures, language }: Words): string[] {
  const told =
    serial === null || serial === name ? [] : [t('sticks.serial', { serial: isolate(serial, language) })];
  return [figures.size(bytes), ...told];
}

function usableFirst(one: DiskCard, other: DiskCard): number {
  return Number(one.refused !== null) - Number(other.refused !== null);
}
