// The desktop is awake. The guest covers this page; the hot key brings it up with what can be done from outside.
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Notice } from '../parts/notice';
import { Frame } from './frame';
import { placeOf, useWords } from './use-words';

export function Live({ view, story }: { view: View; story: Extract<Story, { state: 'live' }> }) {
  const { t, when } = useWords(view.look);
  const at = placeOf(view);
  const moment = when(story.guest.suspendedAt);
  return (
    <Frame
      view={view}
      sky="day"
      title={t('live.title')}
      safeLine={moment === null ? t(`still.${at}.liveNever`) : t(`still.${at}.live`, { when: moment })}
      switchOff={false}
      facts={!story.plainPassphraseFile && !story.shuttingDown}
      arrival={story.controls ? 'controls' : 'live'}
    >
      {story.plainPassphraseFile ? (
        <Notice level="care" title={t('locked.plainTitle')} body={t('locked.plainBody')} />
      ) : null}
      {story.shuttingDown ? (
        <Notice level="care" icon="power" title={t('live.shuttingDown')} body={t('live.shuttingDownBody')} />
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
      {story.shuttingDown ? null : (
        <div className="row">
          <Button
            kind="second"
            icon="power"
            label={t('live.shutDown')}
            cost={t('live.shutDownCost')}
            onPress={() => void ask('shutGuestDown')}
          />
        </div>
      )}
      <p className="small">{t('live.keys')}</p>
    </Frame>
  );
}
