// Step 5: the vault and its guest are made. Stages, a bar, the time left; what happens if it stops now; stopping asks once.
// The script's own words are under "Details", for helpers.
import { useState } from 'react';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Output } from '../../parts/output';
import { Panel } from '../../parts/panel';
import { What } from '../../parts/what';
import { useWords } from '../use-words';
import { WorkView } from '../work-view';
import { Step, type StepParts } from './step';
import { useBuildOutput } from './use-build-output';

export function BuildingStep({ view, story }: StepParts) {
  const { t } = useWords(view.look);
  const { work } = story;
  const output = useBuildOutput(t('setup.building.nothingYet'));
  const [asking, setAsking] = useState<'stop' | 'leave' | null>(null);
  const reversible = work?.reversible ?? true;
  const said = story.restore === null ? 'setup.building' : 'restore.building';
  const end = (): void => {
    void ask(asking === 'leave' ? 'switchOff' : 'cancel');
    setAsking(null);
  };
  return (
    <>
      <Step
        view={view}
        story={story}
        title={t(`${said}.title`)}
        safe={story.restore !== null ? { said: t('restore.safe') } : reversible ? 'building' : 'built'}
        asks=""
        onBack={null}
        switchOff={() => setAsking('leave')}
        act={
          reversible ? (
            <Button
              kind="second"
              icon="close"
              label={t(`${said}.cancel`)}
              onPress={() => setAsking('stop')}
            />
          ) : null
        }
      >
        {work === null ? <p>{t('work.unknown')}</p> : <WorkView view={view} work={work} />}
        <div className="row others">
          <What label={t('setup.what')}>
            <p>{t(`${said}.what`)}</p>
          </What>
          {story.restore === null ? (
            <Output
              label={t('setup.building.details')}
              name={t('setup.building.output')}
              linesRef={output.lines}
              onToggle={output.draw}
            />
          ) : null}
        </div>
      </Step>
      {asking === null ? null : (
        <Panel
          title={t(asking === 'leave' ? `${said}.askLeaveTitle` : `${said}.askTitle`)}
          closeLabel={t(`${said}.goOn`)}
          onClose={() => setAsking(null)}
          acts={
            <Button
              kind="second"
              label={t(asking === 'leave' ? `${said}.leave` : `${said}.stop`)}
              onPress={end}
            />
          }
        >
          <p>{t(asking === 'leave' ? `${said}.askLeaveBody` : `${said}.askBody`)}</p>
        </Panel>
      )}
    </>
  );
}
