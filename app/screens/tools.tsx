// The tools in the sky: language, easier to see, help, and switching off where the story allows it. A tool that would do
// nothing is not there. Each opens a page over the page; the screen below keeps what was typed.
import { useState } from 'react';
import type { Language, Look, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Button } from '../parts/button';
import { Icon, type IconName } from '../parts/icon';
import { Choices, Panel } from '../parts/panel';
import { catalogues } from '../text/speech';
import { RememberChoice } from './typing/remember-choice';
import { placeOf, useWords } from './use-words';

// Own names, most likely first; the contract's schema is not imported, so that no parser comes into the renderer.
export const languages: readonly Language[] = ['en', 'es', 'fr', 'ar'];

type Open = 'language' | 'easier' | 'help' | null;

function Tool(props: { icon: IconName; text: string; name?: string; onPress: () => void }) {
  return (
    <button type="button" className="tool" onClick={props.onPress} aria-label={props.name}>
      <Icon name={props.icon} />
      {props.text}
    </button>
  );
}

/** The reader, on every screen from the first one on; the word says what a press does. */
function AloudTool({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const { aloud } = view.look;
  return (
    <Tool
      icon={aloud ? 'silent' : 'aloud'}
      text={t(aloud ? 'unlock.aloud.off' : 'unlock.aloud.on')}
      onPress={() => change(view.look, { aloud: !aloud })}
    />
  );
}

export function Tools({ view, switchOff }: { view: View; switchOff: boolean | (() => void) }) {
  const [open, setOpen] = useState<Open>(null);
  const { t } = useWords(view.look);
  const close = (): void => setOpen(null);
  return (
    <>
      <Tool
        icon="languages"
        text={t('name')}
        name={`${t('tools.language')}: ${t('name')}`}
        onPress={() => setOpen('language')}
      />
      {view.reader === 'absent' ? null : <AloudTool view={view} />}
      <Tool icon="eye" text={t('tools.easier')} onPress={() => setOpen('easier')} />
      <Tool icon="help" text={t('tools.help')} onPress={() => setOpen('help')} />
      {switchOff === false ? null : (
        <Tool
          icon="power"
          text={t(`tools.off.${placeOf(view)}`)}
          onPress={() => (switchOff === true ? void ask('switchOff') : switchOff())}
        />
      )}
      {open === 'language' ? <LanguagePanel view={view} onClose={close} /> : null}
      {open === 'easier' ? <EasierPanel view={view} onClose={close} /> : null}
      {open === 'help' ? <HelpPanel view={view} onClose={close} /> : null}
    </>
  );
}

interface PanelProps {
  readonly view: View;
  readonly onClose: () => void;
}

function change(look: Look, part: Partial<Look>): void {
  void ask('setLook', { ...look, ...part });
}

function LanguagePanel({ view, onClose }: PanelProps) {
  const { look } = view;
  const { t } = useWords(look);
  const choices = languages.map((value) => ({
    value,
    lang: value,
    text: catalogues[value].name,
    note: catalogues[value].madeBy,
  }));
  return (
    <Panel title={t('language.title')} closeLabel={t('tools.close')} onClose={onClose}>
      <Choices
        label={t('tools.language')}
        choices={choices}
        chosen={look.language}
        onChoose={(language) => change(look, { language })}
      />
      <RememberChoice view={view} />
      {t('madeBy') === '' ? null : <p className="small">{t('language.machine')}</p>}
    </Panel>
  );
}

const sizes = [
  { value: '1', zoom: 1, name: 'usual' },
  { value: '1.25', zoom: 1.25, name: 'large' },
  { value: '1.5', zoom: 1.5, name: 'largest' },
] as const;

const motions = ['system', 'still'] as const;

const themes = ['system', 'light', 'dark', 'contrast'] as const;

function EasierPanel({ view, onClose }: PanelProps) {
  const { look } = view;
  const { t } = useWords(look);
  return (
    <Panel title={t('easier.title')} closeLabel={t('tools.close')} onClose={onClose}>
      <Choices
        label={t('easier.size')}
        choices={sizes.map(({ value, name }) => ({ value, text: t(`easier.sizes.${name}`) }))}
        chosen={sizes.find(({ zoom }) => zoom === look.zoom)?.value ?? '1'}
        onChoose={(value) => change(look, { zoom: sizes.find((size) => size.value === value)?.zoom ?? 1 })}
      />
      <Choices
        label={t('easier.colours')}
        choices={themes.map((value) => ({ value, text: t(`easier.themes.${value}`) }))}
        chosen={look.theme}
        onChoose={(theme) => change(look, { theme })}
      />
      <Choices
        label={t('easier.motion')}
        choices={motions.map((value) => ({ value, text: t(`easier.motions.${value}`) }))}
        chosen={look.motion}
        onChoose={(motion) => change(look, { motion })}
      />
    </Panel>
  );
}

function HelpPanel({ view, onClose }: PanelProps) {
  const { t } = useWords(view.look);
  const idle = nothingRuns(view);
  const writes = idle && view.place !== 'stick';
  return (
    <Panel
      title={t('help.title')}
      closeLabel={t('tools.close')}
      onClose={onClose}
      {...(writes
        ? {
            more: (
              <Button
                kind="second"
                icon="more"
                label={t('sticks.open')}
                onPress={() => {
                  onClose();
                  void ask('showSticks');
                }}
              />
            ),
          }
        : {})}
    >
      <p>{t('help.vault')}</p>
      <p>{t('help.keys')}</p>
      <p>{t('help.secret')}</p>
      {view.reader === 'absent' ? null : <p>{t('unlock.aloud.body')}</p>}
      {idle ? <p>{t(writes ? 'sticks.openBody' : 'sticks.onStick')}</p> : null}
      {t('madeBy') === '' ? null : <p>{t('language.machine')}</p>}
      {view.testBuild ? <p>{t('help.test')}</p> : null}
      <p className="small num">{t('help.version', { version: view.version })}</p>
    </Panel>
  );
}

/** As main has it (flow/sticks.ts): where no guest runs, and leaving loses nothing that was given. */
function nothingRuns({ story }: View): boolean {
  switch (story.state) {
    case 'locked':
    case 'vaults':
    case 'choosing':
      return true;
    case 'safe':
      return story.vaultClosed;
    case 'setup':
      return story.step === 'language' && story.vault === 'toMake';
    default:
      return false;
  }
}
