// Safe: what was done, as a receipt. It says only what main has reported as done; a vault that is still open is said first.
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Receipt, type ReceiptLine } from '../parts/receipt';
import { Frame } from './frame';
import { traceLines } from './trace-lines';
import { placeOf, useWords, type Words } from './use-words';

type Safe = Extract<Story, { state: 'safe' }>;

export function SafeScreen({ view, story }: { view: View; story: Safe }) {
  const words = useWords(view.look);
  const { t, when } = words;
  const at = placeOf(view);
  return (
    <Frame
      view={view}
      sky="night"
      title={story.vaultClosed ? t(`safe.title.${at}`) : t('safe.open')}
      safeLine={t(`still.${at}.${story.vaultClosed ? 'safe' : 'open'}`)}
      switchOff={false}
    >
      <Receipt
        title={t('safe.receipt')}
        when={story.why === 'nothingOpened' ? null : when(story.at)}
        lines={[...linesOf(story, words), ...(story.trace === null ? [] : traceLines(story.trace, words))]}
      />
      {story.forBattery ? <Notice level="care" title={t('safe.forBattery')} /> : null}
      {story.plainPassphraseFile ? (
        <Notice level="care" title={t('locked.plainTitle')} body={t('locked.plainBody')} />
      ) : null}
      <div className="row acts">
        <Button icon="power" label={t(`off.${at}`)} onPress={() => void ask('switchOff')} />
        {story.canWake ? (
          <Button
            kind="second"
            label={t(story.why === 'nothingOpened' ? 'safe.unlock' : 'safe.wake')}
            onPress={() => void ask('wakeAgain')}
          />
        ) : null}
        {story.canWake && !story.plainPassphraseFile ? (
          <Button kind="second" label={t('choosing.moments')} onPress={() => void ask('showMoments', null)} />
        ) : null}
      </div>
    </Frame>
  );
}

function linesOf(story: Safe, { t, figures }: Words): ReceiptLine[] {
  return [
    first(),
    story.vaultClosed
      ? { title: t('safe.closed'), body: t('safe.closedBody'), done: true }
      : { title: t('safe.open'), body: t('safe.openBody'), done: false },
  ];

  function first(): ReceiptLine {
    if (story.why === 'poweredOff') {
      return { title: t('safe.poweredOff'), body: t('safe.poweredOffBody'), done: true };
    }
    if (story.why === 'nothingOpened') {
      return { title: t('safe.nothing'), body: t('safe.nothingBody'), done: false };
    }
    const size = story.writtenBytes === null ? null : figures.bytes(story.writtenBytes);
    if (!story.verified) return { title: t('safe.written'), body: t('safe.notRead'), done: true };
    return {
      title: t('safe.checked'),
      body: size === null ? '' : t('safe.readBack', { size }),
      done: true,
    };
  }
}
