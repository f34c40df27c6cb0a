// The desktop is awake. The guest covers this page; the hot key brings it up with all that can be done from outside, part by
// part, for the keyboard and the screen reader too. A guest may ignore its power button or ask a question first:
// suspending, going back and asking again stay there.
import { useEffect, useState } from 'react';
import { type Section, sectionSchema } from '../../preload/contract/controls';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import type { IconName } from '../parts/icon';
import { Notice } from '../parts/notice';
import { Tabs } from '../parts/tabs';
import { BackupPart } from './controls/backup-part';
import { DisplayPart } from './controls/display-part';
import { HelpPart } from './controls/help-part';
import { KeysPart } from './controls/keys-part';
import { PcPart } from './controls/pc-part';
import { Trial } from './controls/trial';
import { Frame } from './frame';
import { restOf } from './rest';
import { useSay } from './say';
import { placeOf, useWords } from './use-words';

type LiveStory = Extract<Story, { state: 'live' }>;

export const sectionIcons: Record<Section, IconName> = {
  desktop: 'moon',
  display: 'display',
  keys: 'keyboard',
  pc: 'aloud',
  backup: 'backup',
  help: 'help',
};

export function Live({ view, story }: { view: View; story: LiveStory }) {
  const { t, when } = useWords(view.look);
  const at = placeOf(view);
  const moment = when(story.guest.suspendedAt);
  const [section, setSection] = useState(story.section);
  // The bar asks for a part; the person may go on to others, and finds the first one when they come back.
  const [asked, setAsked] = useState(story);
  if (asked.section !== story.section || asked.controls !== story.controls) {
    setAsked(story);
    setSection(story.section);
  }
  return (
    <Frame
      view={view}
      sky="day"
      title={t('live.title')}
      safeLine={moment === null ? t(`still.${at}.liveNever`) : t(`still.${at}.live`, { when: moment })}
      switchOff={false}
      facts={
        section === 'desktop' && !story.plainPassphraseFile && !story.shuttingDown && story.spaceLeft === null
      }
      arrival={story.controls ? 'controls' : 'live'}
    >
      {story.trial === null ? (
        <Tabs
          label={t('controls.label')}
          tabs={sectionSchema.options.map((value) => ({
            value,
            text: t(`controls.sections.${value}`),
            icon: sectionIcons[value],
          }))}
          chosen={section}
          onChoose={setSection}
        >
          <Part view={view} story={story} section={section} />
        </Tabs>
      ) : (
        <Trial view={view} />
      )}
    </Frame>
  );
}

function Part({ view, story, section }: { view: View; story: LiveStory; section: Section }) {
  switch (section) {
    case 'desktop':
      return <DesktopPart view={view} story={story} />;
    case 'display':
      return <DisplayPart view={view} />;
    case 'keys':
      return <KeysPart view={view} />;
    case 'pc':
      return <PcPart view={view} />;
    case 'backup':
      return <BackupPart view={view} />;
    case 'help':
      return <HelpPart view={view} />;
  }
}

function DesktopPart({ view, story }: { view: View; story: LiveStory }) {
  const { t, figures } = useWords(view.look);
  const rest = restOf(view, figures);
  const at = placeOf(view);
  const say = useSay();
  const asked = t('live.shuttingDown');
  useEffect(() => {
    if (story.shuttingDown) say(asked);
  }, [story.shuttingDown, asked, say]);
  return (
    <>
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
      <div className="row others">
        <Button kind="quiet" icon="key" label={t('ways.open')} onPress={() => void ask('showWays')} />
      </div>
      {rest === null ? null : <p className="small num">{t(`live.rest.${at}`, { percent: rest })}</p>}
    </>
  );
}
