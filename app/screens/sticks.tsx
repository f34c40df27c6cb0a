// Writes a stick: which disk, its name typed, the work, what was done. Each is a page of its own; which one it is comes from
// main. What happens if the disk comes out now stands on the safe line, and changes with the first byte.
import type { View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Receipt } from '../parts/receipt';
import { isolate } from '../text/figures';
import { Frame } from './frame';
import { DiskList } from './sticks/disk-list';
import { NameForm } from './sticks/name-form';
import type { AtSticks } from './sticks/told';
import { WritingStick } from './sticks/writing-stick';
import { useWords } from './use-words';

export function SticksScreen({ view, story }: { view: View; story: AtSticks }) {
  const { asked, writing, done } = story;
  if (writing !== null) return <WritingStick view={view} writing={writing} />;
  if (done !== null) return <Done view={view} done={done} />;
  if (asked !== null) return <NameForm key={asked.id} view={view} story={story} disk={asked} />;
  return <DiskList view={view} story={story} />;
}

function Done({ view, done }: { view: View; done: NonNullable<AtSticks['done']> }) {
  const { t, figures, language } = useWords(view.look);
  const size = figures.bytes(done.writtenBytes);
  return (
    <Frame
      view={view}
      sky="day"
      title={t('sticks.done.title')}
      safeLine={t('sticks.safe.done')}
      switchOff
      arrival="sticks done"
    >
      <Receipt
        title={t('sticks.done.receipt')}
        when={null}
        lines={[
          {
            title: t('sticks.done.written', { name: isolate(done.name, language) }),
            body:
              done.bytesPerSecond === null
                ? t('sticks.done.writtenBody', { size })
                : t('sticks.done.writtenSpeed', { size, speed: figures.bytes(done.bytesPerSecond) }),
            done: true,
          },
          {
            title: t('sticks.done.vault'),
            body: t('sticks.done.vaultBody', {
              size: figures.size(done.vaultBytes),
              swap: figures.size(done.swapBytes),
            }),
            done: true,
          },
          { title: t('sticks.done.next'), body: t('sticks.done.nextBody'), done: false },
        ]}
      />
      <div className="row acts">
        <Button label={t('sticks.done.end')} onPress={() => void ask('leaveSticks')} />
        <Button kind="second" label={t('sticks.done.another')} onPress={() => void ask('askDisk', null)} />
      </div>
    </Frame>
  );
}
