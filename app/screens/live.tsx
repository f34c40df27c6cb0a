// The desktop is awake. The guest covers this page; the hot key brings it up with what can be done from outside.
// A guest may ignore its power button or ask a question first: suspending, going back and asking again stay there.
import { useEffect } from 'react';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Frame } from './frame';
import { restOf } from './rest';
import { useSay } from './say';
import { placeOf, useWords } from './use-words';

export function Live({ view, story }: { view: View; story: Extract<Story, { state: 'live' }> }) {
  const { t, when, figures } = useWords(view.look);
  const rest = restOf(view, figures);
  const at = placeOf(view);
  const moment = when(story.guest.suspendedAt);
  const say = useSay();
  const asked = t('live.shuttingDown');
  useEffect(() => {
    if (story.shuttingDown) say(asked);
  }, [story.shuttingDown, asked, say]);
  return (
    <Frame
      view={view}
      sky="day"
      title={t('live.title')}
      safeLine={moment === null ? t(`still.${at}.liveNever`) : t(`still.${at}.live`, { when: moment })}
      switchOff={false}
      facts={!story.plainPassphraseFile && !story.shuttingDown && story.spaceLeft === null}
      arrival={story.controls ? 'controls' : 'live'}
    >
      {story.plainPassphraseFile && !story.shuttingDown && story.spaceLeft === null ? (
        <Notice level="care" title={t('locked.plainTitle')} body={t('locked.plainBody')} />
      ) : null}
      {story.spaceLeft !== null && !story.shuttingDown ? (
        <Notice
          level="care"
          title={t(`live.low.${at}`)}
          body={t('live.lowBody', { size: figures.size(story.spaceLeft) })}
        />
      ) : null}
      {story.shuttingDown ? (
        <Notice level="care" icon="power" title={asked} body={t('live.shuttingDownBody')} />
      ) : null}
      <div className="row acts">
        <Button
          icon="moon"
          label={t('live.suspend')}
          cost={t('live.suspendCost')}
          onPress={() => void ask('suspend')}
        />
        <Button kind="second" icon="undo" label={t('live.back')} onPress={() => void ask('backToDesktop')} />
      </div>
      <div className="row">
        <Button
          kind="second"
          icon="power"
          label={t(story.shuttingDown ? 'live.shutDownAgain' : 'live.shutDown')}
          cost={t('live.shutDownCost')}
          onPress={() => void ask('shutGuestDown')}
        />
        <Button
          kind="second"
          label={t('choosing.moments')}
          cost={t('live.momentsCost')}
          onPress={() => void ask('showMoments', null)}
        />
      </div>
      {rest === null ? null : <p className="small num">{t(`live.rest.${at}`, { percent: rest })}</p>}
      <p className="small">{t('live.keys')}</p>
    </Frame>
  );
}
