// The PC around the guest: how loud it is, its battery, its network. Only the volume can be set.
import type { Volume } from '../../../preload/contract/controls';
import type { View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { useWords } from '../use-words';

const stepPercent = 10;

export function PcPart({ view }: { view: View }) {
  const { t, figures } = useWords(view.look);
  const { volume, battery, network } = view.controls.pc;
  const percentOf = (percent: number): string => figures.percent(percent / 100);
  const set = (next: Volume): void => void ask('setVolume', next);
  const by = (volumeNow: Volume, step: number): void =>
    set({ percent: Math.min(100, Math.max(0, volumeNow.percent + step)), muted: false });
  return (
    <>
      {volume === null ? (
        <p>{t('controls.pc.none')}</p>
      ) : (
        <fieldset className="choices loud">
          <legend>{t('controls.pc.volume')}</legend>
          <Button kind="second" label={t('controls.pc.quieter')} onPress={() => by(volume, -stepPercent)} />
          <output className="num">
            {volume.muted
              ? t('controls.pc.muted')
              : t('controls.pc.percent', { percent: percentOf(volume.percent) })}
          </output>
          <Button kind="second" label={t('controls.pc.louder')} onPress={() => by(volume, stepPercent)} />
          <Button
            kind="second"
            label={t(volume.muted ? 'controls.pc.unmute' : 'controls.pc.mute')}
            onPress={() => set({ ...volume, muted: !volume.muted })}
          />
        </fieldset>
      )}
      <p className="num">
        {battery === null
          ? t('controls.pc.noBattery')
          : t(battery.charging ? 'controls.pc.charging' : 'controls.pc.battery', {
              percent: percentOf(battery.percent),
            })}
      </p>
      <p>{t(`controls.pc.network.${network}`)}</p>
    </>
  );
}
