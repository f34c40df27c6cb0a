// The saved moments of a guest, newest first: which one is wanted back? Going back throws nothing away, and says so.
// Making room does: what goes and how much comes free is told first, and the harmless answer has the focus.
import { type RefObject, useRef, useState } from 'react';
import type { Moment, Timeline } from '../../preload/contract/timeline';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Cards } from '../parts/cards';
import { Notice } from '../parts/notice';
import { Panel } from '../parts/panel';
import { asTitle, isolate } from '../text/figures';
import { Frame } from './frame';
import { LastScreen } from './last-screen';
import { placeOf, useWords, type Words } from './use-words';
import { WorkView } from './work-view';

type Told = Extract<Story, { state: 'timeline' }>;

/** More do not fit under one question; the older ones come on request. */
const atOnce = 3;

export function TimelineScreen({ view, story }: { view: View; story: Told }) {
  const words = useWords(view.look);
  const { t, figures, faultOf } = words;
  const first = useRef<HTMLInputElement>(null);
  const { timeline, work, fault, freedBytes } = story;
  const title =
    work !== null ? 'timeline.makingTitle' : timeline === null ? 'timeline.looking' : 'timeline.title';
  return (
    <Frame
      view={view}
      sky="day"
      title={t(title)}
      safeLine={safeLineOf(story, view, words)}
      switchOff={work === null}
      arrival={`timeline ${title}`}
      first={first}
    >
      {fault === null ? null : (
        <Notice level="fault" title={faultOf(fault.code).title} body={faultOf(fault.code).advice} />
      )}
      {freedBytes === null ? null : (
        <Notice
          level="good"
          icon="check"
          title={t('timeline.freed', { size: figures.bytes(freedBytes) })}
          body={t('timeline.freedBody')}
        />
      )}
      {work !== null ? (
        <>
          <WorkView view={view} work={work} />
          {work.reversible ? (
            <div className="row acts">
              <Button
                kind="second"
                icon="undo"
                label={t('timeline.stop')}
                onPress={() => void ask('cancel')}
              />
            </div>
          ) : null}
        </>
      ) : timeline === null ? (
        fault === null ? (
          <p>{t('looking.body')}</p>
        ) : null
      ) : (
        <Moments story={story} timeline={timeline} words={words} first={first} />
      )}
    </Frame>
  );
}

function Moments(about: {
  readonly story: Told;
  readonly timeline: Timeline;
  readonly words: Words;
  readonly first: RefObject<HTMLInputElement | null>;
}) {
  const { story, timeline, words, first } = about;
  const { t, figures, when } = words;
  const [wanted, setWanted] = useState<number | null>(null);
  const [all, setAll] = useState(false);
  const [asking, setAsking] = useState<'goBack' | 'makeRoom' | null>(null);
  const { present, room } = timeline;
  const chosen =
    timeline.moments.find(({ number }) => number === wanted) ??
    timeline.moments.find(({ number }) => number === present) ??
    timeline.moments[0];
  const shown = shownOf(timeline.moments, all);
  const older = timeline.moments.length - shown.length;
  const whenOf = (number: number | null): string =>
    when(timeline.moments.find((moment) => moment.number === number)?.at ?? null) ?? t('timeline.unknown');
  if (chosen === undefined) return <p>{t('timeline.none')}</p>;
  const isPresent = chosen.number === present;
  const wake = (): void => void ask('wakeMoment', chosen.number);
  const act = isPresent
    ? t('timeline.wake', { when: whenOf(present) })
    : t('timeline.goBack', { when: whenOf(chosen.number) });
  return (
    <>
      <form
        className="step moments"
        onSubmit={(event) => {
          event.preventDefault();
          if (chosen.kind === 'damaged') return;
          if (isPresent) wake();
          else setAsking('goBack');
        }}
      >
        <div className="asks">
          <Cards
            label={t('timeline.title')}
            cards={shown.map((moment) => ({
              id: `${moment.number}`,
              name: asTitle(whenOf(moment.number), words.language),
              ...(moment.number === present ? { tag: t('timeline.present') } : {}),
              notes: notesOf(moment, words),
              cannot: moment.kind === 'damaged' ? t('timeline.damaged') : null,
              picture: <LastScreen of={moment.number} has={moment.hasPicture} />,
            }))}
            chosen={`${chosen.number}`}
            chosenRef={first}
            onChoose={(id) => setWanted(Number(id))}
          />
          {all && timeline.more > 0 ? (
            <p className="small num">{t('timeline.more', { n: figures.number(timeline.more) })}</p>
          ) : null}
        </div>
        <div className="row acts">
          {chosen.kind === 'damaged' ? null : <Button submits label={act} />}
          {room === null ? null : (
            <Button kind="second" label={t('timeline.room')} onPress={() => setAsking('makeRoom')} />
          )}
          {older > 0 ? (
            <Button
              kind="second"
              label={t('timeline.older', { count: older, n: figures.number(older) })}
              onPress={() => setAll(true)}
            />
          ) : story.exits.includes('chooseAnother') ? (
            <Button
              kind="second"
              label={t('exits.chooseAnother.label')}
              onPress={() => void ask('takeExit', 'chooseAnother')}
            />
          ) : null}
          <Button kind="quiet" icon="key" label={t('ways.open')} onPress={() => void ask('showWays')} />
        </div>
      </form>
      {asking === 'goBack' ? (
        <Panel
          title={t('timeline.goBackAsk', { when: whenOf(chosen.number) })}
          closeLabel={t('timeline.stay')}
          onClose={() => setAsking(null)}
          acts={<Button kind="second" label={act} onPress={wake} />}
        >
          <p>{t('timeline.goBackBody', { when: whenOf(chosen.number) })}</p>
          <p>{t('timeline.goBackKept', { when: whenOf(present) })}</p>
        </Panel>
      ) : null}
      {asking === 'makeRoom' && room !== null ? (
        <Panel
          title={t('timeline.roomAsk')}
          closeLabel={t('timeline.roomKeep')}
          onClose={() => setAsking(null)}
          acts={
            <Button
              kind="second"
              label={t('timeline.roomDo')}
              onPress={() => {
                setAsking(null);
                void ask('makeRoom');
              }}
            />
          }
        >
          <p>
            {room.moments === 0
              ? t('timeline.roomNone', { size: figures.bytes(room.bytes) })
              : t('timeline.roomBody', {
                  count: room.moments,
                  n: figures.number(room.moments),
                  size: figures.bytes(room.bytes),
                })}
          </p>
          <p>{t('timeline.roomKept', { when: whenOf(present) })}</p>
        </Panel>
      ) : null}
    </>
  );
}

/** One more fits where a button for a single one would stand. */
function shownOf(moments: readonly Moment[], all: boolean): readonly Moment[] {
  return all || moments.length === atOnce + 1 ? moments : moments.slice(0, atOnce);
}

function notesOf(moment: Moment, { t, figures, language }: Words): string[] {
  const size = t('choosing.size', { size: figures.size(moment.bytes) });
  const { pc } = moment;
  return [
    ...(moment.kind === 'off' ? [t('timeline.off')] : []),
    pc === null ? size : t('timeline.on', { pc: isolate(pc, language), size }),
    ...(moment.goes ? [t('timeline.goes')] : []),
  ];
}

function safeLineOf(story: Told, view: View, { t, when }: Words): string {
  const at = placeOf(view);
  if (story.work !== null) return t(`still.${at}.makingRoom`);
  const moment = when(
    story.timeline?.moments.find(({ number }) => number === story.timeline?.present)?.at ?? null,
  );
  return moment === null ? t(`still.${at}.choosing`) : t('timeline.safe', { when: moment });
}
