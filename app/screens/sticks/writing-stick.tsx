// A disk is being written: time left, stages, speed. It can be stopped until all was read back; the rest is over in a moment.
import { useEffect } from 'react';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { isolate } from '../../text/figures';
import { Frame } from '../frame';
import { useSay } from '../say';
import { useWords } from '../use-words';
import { WorkView } from '../work-view';
import type { AtSticks } from './told';

type Writing = NonNullable<AtSticks['writing']>;

export function WritingStick({ view, writing }: { view: View; writing: Writing }) {
  const { t, figures, language } = useWords(view.look);
  const { disk, work, bytesPerSecond, canStop, stopping } = writing;
  const say = useSay();
  const stops = stopping ? t('sticks.writing.stopping') : '';
  useEffect(() => {
    if (stops !== '') say(stops);
  }, [stops, say]);
  const to = t('sticks.writing.disk', {
    name: isolate(disk.name, language),
    size: figures.size(disk.bytes),
  });
  const speed =
    bytesPerSecond === null ? '' : t('sticks.writing.speed', { speed: figures.bytes(bytesPerSecond) });
  return (
    <Frame
      view={view}
      sky="day"
      title={t('sticks.writing.title')}
      safeLine={t(work.reversible ? 'sticks.safe.before' : 'sticks.safe.writing')}
      switchOff={false}
      arrival="sticks writing"
    >
      <p className="num">{to}</p>
      <WorkView view={view} work={work} kind="stick" />
      <p className="small num">{speed}</p>
      <div className="row acts">
        {canStop || stopping ? (
          <Button
            kind="second"
            waiting={stopping}
            label={t(stopping ? 'sticks.writing.stopping' : 'sticks.writing.stop')}
            {...(stopping ? {} : { icon: 'undo' })}
            {...(work.reversible || stopping ? {} : { cost: t('sticks.writing.stopCost') })}
            onPress={() => void ask('cancel')}
          />
        ) : null}
      </div>
    </Frame>
  );
}
