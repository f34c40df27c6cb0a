// Long work on a screen: time left, percent, bar and stages, and what of it is said aloud.
import { useEffect, useMemo, useRef, useState } from 'react';
import type { View, Work } from '../../preload/contract/view';
import { ProgressBar, Stages } from '../parts/stages';
import { roundLeft } from '../text/figures';
import { due, heardNothing } from './announcement';
import { useSay } from './say';
import { useWords, type Words } from './use-words';

const longMs = 20_000;

type StageName = Work['stages'][number]['id'];

/** What has words of its own: a guest without a saved moment, which brings nothing back; a stick that is written. */
type Kind = 'usual' | 'fresh' | 'stick';

function stageWord({ t }: Words, kind: Kind): (tense: 'doing' | 'done', id: StageName) => string {
  return (tense, id) => {
    if (kind === 'fresh' && (id === 'check' || id === 'firstRun')) return t(`stages.fresh.${tense}.${id}`);
    if (kind === 'stick' && (id === 'copy' || id === 'verify')) return t(`stages.stick.${tense}.${id}`);
    return t(`stages.${tense}.${id}`);
  };
}

/** The sentence for the time left; with no known time, after 20 s, that it takes longer than usual. */
function leftOf(work: Work, long: boolean, { t, figures }: Words): string {
  if (work.secondsLeft === null) return long ? t('work.longer') : t('work.unknown');
  if (work.fraction !== null && work.fraction >= 0.995) return t('work.nearly');
  const left = roundLeft(work.secondsLeft);
  return 'minutes' in left
    ? t('work.minutesLeft', { count: left.minutes, n: figures.number(left.minutes) })
    : t('work.secondsLeft', { count: left.seconds, n: figures.number(left.seconds) });
}

function useLong(stage: string | null): boolean {
  const [longStage, setLongStage] = useState<string | null>(null);
  useEffect(() => {
    if (stage === null) return;
    const timer = setTimeout(() => setLongStage(stage), longMs);
    return () => clearTimeout(timer);
  }, [stage]);
  return stage !== null && longStage === stage;
}

export function WorkView({ view, work, kind = 'usual' }: { view: View; work: Work; kind?: Kind }) {
  const words = useWords(view.look);
  const { t, figures } = words;
  const word = useMemo(() => stageWord(words, kind), [words, kind]);
  const say = useSay();
  const heard = useRef(heardNothing);
  const now = work.stages.find((stage) => stage.state === 'now')?.id ?? null;
  const left = leftOf(work, useLong(work.secondsLeft === null ? (now ?? 'none') : null), words);
  useEffect(() => {
    const next = due(heard.current, work, performance.now());
    heard.current = next.heard;
    if (next.say === 'stage' && now !== null) say(word('doing', now));
    if (next.say === 'left') say(left);
  }, [work, now, left, say, word]);
  const timeOf = (stage: Work['stages'][number]): string => {
    if (stage.state === 'now') return t('work.now');
    if (stage.state === 'toCome' || stage.seconds === null) return '';
    return stage.seconds < 0.5 ? t('work.atOnce') : t('work.took', { n: figures.number(stage.seconds) });
  };
  return (
    <>
      <ProgressBar
        left={left}
        percent={work.fraction === null ? null : figures.percent(work.fraction)}
        fraction={work.fraction}
      />
      <Stages
        lines={work.stages.map((stage) => ({
          id: stage.id,
          state: stage.state,
          text: word(stage.state === 'done' ? 'done' : 'doing', stage.id),
          time: timeOf(stage),
        }))}
      />
    </>
  );
}
