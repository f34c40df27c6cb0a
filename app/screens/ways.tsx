// What opens this vault, and when it locks. The list first; adding, changing and removing each are a page of their own,
// since each asks for a secret again. Which page is open is the screen's own; what is true of the vault comes from main.
import { useEffect, useRef, useState } from 'react';
import type { View } from '../../preload/contract/view';
import type { Way, WayKind } from '../../preload/contract/ways';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Cards } from '../parts/cards';
import { Notice } from '../parts/notice';
import { Frame } from './frame';
import { useWords } from './use-words';
import { LockSettings } from './ways/lock-settings';
import { RecoverySheet } from './ways/recovery-sheet';
import { type AtWays, type Doing, Told } from './ways/told';
import { WayForm } from './ways/way-form';

const list: Doing = { is: 'list' };

export function WaysScreen({ view, story }: { view: View; story: AtWays }) {
  const { t } = useWords(view.look);
  const [doing, setDoing] = useState<Doing>(list);
  const { done } = story;
  // What was asked for is done: back to the list, which says so.
  useEffect(() => {
    if (done !== null) setDoing(list);
  }, [done]);
  const back = (): void => setDoing(list);
  if (story.told === null)
    return (
      <Frame
        view={view}
        sky="day"
        title={t('ways.reading')}
        safeLine={t('ways.safe')}
        switchOff={!story.awake}
        arrival="reading"
      >
        {story.fault === null ? <p>{t('looking.body')}</p> : <Told view={view} story={story} />}
        <div className="row acts">
          <Button kind="second" label={t('ways.back')} onPress={() => void ask('leaveWays')} />
        </div>
      </Frame>
    );
  switch (doing.is) {
    case 'list':
      return <WayList view={view} story={story} onDo={setDoing} />;
    case 'adding':
      return <Adding view={view} onDo={setDoing} onBack={back} />;
    case 'locking':
      return (
        <LockSettings
          view={view}
          settings={story.told.settings}
          hasKeyUsb={story.told.ways.some(({ kind }) => kind === 'keyUsb' || kind === 'both')}
          onBack={back}
        />
      );
    case 'add':
      return doing.kind === 'recovery' ? (
        <RecoverySheet view={view} story={story} onBack={back} />
      ) : (
        <WayForm view={view} story={story} doing={doing} onBack={back} />
      );
    default:
      return <WayForm view={view} story={story} doing={doing} onBack={back} />;
  }
}

function WayList({ view, story, onDo }: { view: View; story: AtWays; onDo: (doing: Doing) => void }) {
  const { t } = useWords(view.look);
  const first = useRef<HTMLInputElement>(null);
  const ways = story.told?.ways ?? [];
  const [wanted, setWanted] = useState<string | null>(null);
  const chosen = ways.find(({ id }) => `${id}` === wanted) ?? ways[0];
  const hasBoth = story.fault === null && ways.some(({ kind }) => kind === 'both');
  const counts = story.told?.twoFactor === true;
  // Right after what changes it, too: who has just added both must know whether it counts.
  const tellsBoth = hasBoth && (story.done === null || (counts && story.done === 'remove'));
  return (
    <Frame
      view={view}
      sky="day"
      title={t('ways.title')}
      safeLine={t('ways.safe')}
      switchOff={!story.awake}
      arrival={`list ${story.done}`}
      first={first}
    >
      {hasBoth && !counts && story.done === 'both' ? (
        <div role="status">
          <Notice level="care" title={t('ways.done.both')} body={t('ways.notTwoFactorNote')} />
        </div>
      ) : (
        <Told view={view} story={story} />
      )}
      {!tellsBoth ? null : counts ? (
        <Notice level="good" icon="check" title={t('ways.twoFactor')} body={t('ways.twoFactorNote')} />
      ) : (
        <Notice level="care" title={t('ways.notTwoFactor')} body={t('ways.notTwoFactorNote')} />
      )}
      <form
        className="step ways"
        onSubmit={(event) => {
          event.preventDefault();
          onDo({ is: 'adding' });
        }}
      >
        <div className="asks">
          <Cards
            label={t('ways.title')}
            cards={ways.map((way) => ({
              id: `${way.id}`,
              name: t(`ways.kinds.${way.kind}.name`),
              notes: [t(`ways.kinds.${way.kind}.note`)],
              cannot: isLast(way) ? t('ways.last') : null,
            }))}
            chosen={chosen === undefined ? null : `${chosen.id}`}
            chosenRef={first}
            onChoose={setWanted}
          />
        </div>
        <div className="row acts">
          <Button submits label={t('ways.add')} />
          {chosen === undefined || (chosen.kind !== 'passphrase' && chosen.kind !== 'both') ? null : (
            <Button
              kind="second"
              label={t('ways.change')}
              onPress={() => onDo({ is: 'change', id: chosen.id })}
            />
          )}
          {chosen?.removable ? (
            <Button
              kind="second"
              label={t('ways.remove')}
              onPress={() => onDo({ is: 'remove', id: chosen.id })}
            />
          ) : null}
        </div>
        <div className="row others">
          <Button kind="quiet" icon="safe" label={t('ways.lock')} onPress={() => onDo({ is: 'locking' })} />
          <Button kind="quiet" icon="undo" label={t('ways.back')} onPress={() => void ask('leaveWays')} />
        </div>
      </form>
    </Frame>
  );
}

/** A recovery key may always go while something else opens the vault. */
function isLast({ removable, kind }: Way): boolean {
  return !removable && kind !== 'recovery';
}

/** The safest first, and chosen; a key USB alone last, with what it means. */
const offered: readonly WayKind[] = ['both', 'passphrase', 'recovery', 'keyUsb'];

function Adding({ view, onDo, onBack }: { view: View; onDo: (doing: Doing) => void; onBack: () => void }) {
  const { t } = useWords(view.look);
  const first = useRef<HTMLInputElement>(null);
  const [kind, setKind] = useState<WayKind>('both');
  return (
    <Frame
      view={view}
      sky="day"
      title={t('ways.addTitle')}
      safeLine={t('ways.safe')}
      switchOff={false}
      arrival="adding"
      first={first}
    >
      <form
        className="step"
        onSubmit={(event) => {
          event.preventDefault();
          if (kind === 'recovery') void ask('drawRecoveryKey');
          onDo({ is: 'add', kind });
        }}
      >
        <div className="asks">
          <Cards
            label={t('ways.addTitle')}
            cards={offered.map((each) => ({
              id: each,
              name: t(`ways.kinds.${each}.name`),
              ...(each === 'both' ? { tag: t('ways.recommended') } : {}),
              notes: [t(`ways.kinds.${each}.note`)],
            }))}
            chosen={kind}
            chosenRef={first}
            onChoose={setKind}
          />
        </div>
        <div className="row acts">
          <Button submits icon="arrowRight" label={t('ways.addGo')} />
          <Button kind="second" label={t('ways.back')} onPress={onBack} />
        </div>
      </form>
    </Frame>
  );
}
