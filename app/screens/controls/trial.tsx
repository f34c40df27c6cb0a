// A display that was chosen by hand: kept, or taken back when nobody says so, since nobody may see the question.
import { trialSeconds, type View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Notice } from '../../parts/notice';
import { useCountdown } from '../use-countdown';
import { useWords } from '../use-words';

/** `3 seconds`, counted down from when it is first drawn. */
export function useTrialLeft(view: View): string {
  const { figures } = useWords(view.look);
  return figures.seconds(useCountdown(trialSeconds));
}

export function Trial({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const seconds = useTrialLeft(view);
  return (
    <>
      <Notice level="care" title={t('controls.trial.title')} body={t('controls.trial.body', { seconds })} />
      <div className="row acts">
        <Button label={t('controls.trial.keep')} onPress={() => void ask('keepDisplay', true)} />
        <Button
          kind="second"
          icon="undo"
          label={t('controls.trial.back')}
          onPress={() => void ask('keepDisplay', false)}
        />
      </div>
    </>
  );
}
