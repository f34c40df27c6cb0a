// When the desktop locks by itself, and what then happens. A choice counts at once, and from the next time on that the
// desktop is shown.
import type { View } from '../../../preload/contract/view';
import type { VaultSettings } from '../../../preload/contract/ways';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Choices } from '../../parts/panel';
import { Frame } from '../frame';
import { useWords } from '../use-words';

/** Minutes; null: never. */
const offered = [1, 5, 15, 30, null] as const;

export function LockSettings(about: {
  readonly view: View;
  readonly settings: VaultSettings;
  /** Some way in needs one: only then is it asked what pulling it means. */
  readonly hasKeyUsb: boolean;
  readonly onBack: () => void;
}) {
  const { view, settings } = about;
  const { t } = useWords(view.look);
  const minutes = new Intl.NumberFormat(view.look.language, {
    style: 'unit',
    unit: 'minute',
    unitDisplay: 'long',
  });
  const change = (part: Partial<VaultSettings>): void =>
    void ask('setVaultSettings', { ...settings, ...part });
  const after = settings.idleSeconds === null ? 'never' : `${settings.idleSeconds}`;
  return (
    <Frame
      view={view}
      sky="day"
      title={t('ways.settings.title')}
      safeLine={t('ways.safe')}
      switchOff={false}
      arrival="locking"
    >
      <div className="asks lock-settings">
        <Choices
          label={t('ways.settings.after')}
          choices={offered.map((each) => ({
            value: each === null ? 'never' : `${each * 60}`,
            text: each === null ? t('ways.settings.never') : minutes.format(each),
          }))}
          chosen={after}
          onChoose={(value) => change({ idleSeconds: value === 'never' ? null : Number(value) })}
        />
        <Choices
          label={t('ways.settings.act')}
          choices={(['lock', 'pause', 'suspend'] as const).map((value) => ({
            value,
            text: t(`ways.settings.acts.${value}.name`),
            note: t(`ways.settings.acts.${value}.note`),
          }))}
          chosen={settings.idleAct}
          onChoose={(idleAct) => change({ idleAct })}
        />
        {about.hasKeyUsb ? (
          <Choices
            label={t('ways.settings.pulled')}
            choices={(['nothing', 'suspend'] as const).map((value) => ({
              value,
              text: t(`ways.settings.pulls.${value}`),
            }))}
            chosen={settings.keyPulled}
            onChoose={(keyPulled) => change({ keyPulled })}
          />
        ) : null}
      </div>
      <div className="row acts">
        <Button label={t('ways.back')} onPress={about.onBack} />
      </div>
    </Frame>
  );
}
