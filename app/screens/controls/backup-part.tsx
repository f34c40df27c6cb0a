// Whether what is in the vault lies anywhere else: in words and colour what was tried, what is good, what failed; what is
// under way with its time left; and the acts. The news comes first, the places after it.
import type { BackupState, BackupWork, RepositoryView } from '../../../preload/contract/backup';
import type { View, Work } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Notice } from '../../parts/notice';
import { isolate } from '../../text/figures';
import { DrillScreen } from '../last-screen';
import { useWords, type Words } from '../use-words';
import { WorkView } from '../work-view';

export function BackupPart({ view }: { view: View }) {
  const words = useWords(view.look);
  const { t, when } = words;
  const { backup } = view.controls;
  const next = when(backup.nextAt);
  return (
    <>
      {backup.nearby === null || backup.work !== null ? null : (
        <Notice
          level="care"
          icon="info"
          title={t('controls.backup.nearby', { name: isolate(backup.nearby, words.language) })}
          body={t('controls.backup.nearbyBody')}
        />
      )}
      {backup.work === null ? <News backup={backup} words={words} /> : null}
      {backup.work === null ? <Screens backup={backup} words={words} /> : null}
      {backup.work === null ? null : <WorkView view={view} work={shownWork(backup.work)} />}
      {backup.state === 'none' || backup.work !== null ? null : (
        <p className="small num lines">
          {backup.repositories.map((repository) => (
            <span key={repository.name}>{lineOf(repository, words)}</span>
          ))}
          {next === null ? null : <span>{t('controls.backup.next', { when: next })}</span>}
        </p>
      )}
      {backup.state === 'none' ? null : <Acts work={backup.work} words={words} />}
    </>
  );
}

/** The worst first: what failed, then what was not tried, then what is well. */
function News({ backup, words }: { backup: BackupState; words: Words }) {
  const { t, when, faultOf, language } = words;
  if (backup.state === 'none')
    return <Notice level="care" title={t('controls.backup.none')} body={t('controls.backup.noneBody')} />;
  const named = (name: string): string => isolate(name, language);
  const failedDrill = backup.repositories.find(({ drill }) => drill?.passed === false);
  const wrong = backup.repositories.some(({ check }) => check === 'damaged')
    ? 'damagedBackup'
    : failedDrill !== undefined
      ? 'drillFailed'
      : (backup.repositories.find(({ fault }) => fault !== null)?.fault ?? null);
  if (wrong !== null) {
    const said = faultOf(wrong);
    return <Notice level="fault" title={said.title} body={said.advice} />;
  }
  const tried = backup.repositories.find(({ drill }) => drill?.passed === true);
  const triedAt = when(tried?.drill?.at ?? null);
  if (tried !== undefined && triedAt !== null)
    return (
      <Notice
        level="good"
        icon="check"
        title={t('controls.backup.works')}
        body={t('controls.backup.worksBody', { when: triedAt, name: named(tried.name) })}
      />
    );
  const good = backup.repositories.find(({ lastGoodAt }) => lastGoodAt === backup.lastGoodAt);
  const goodAt = when(backup.lastGoodAt);
  if (good === undefined || goodAt === null) return null;
  return (
    <Notice
      level="good"
      icon="check"
      title={t('controls.backup.good')}
      body={t('controls.backup.goodBody', { when: goodAt, name: named(good.name) })}
    />
  );
}

/** The last drill's two screens beside each other: a person sees at once whether they are the same. */
function Screens({ backup, words: { t } }: { backup: BackupState; words: Words }) {
  const tried = backup.repositories.find(({ drill }) => drill?.hasPictures === true);
  if (tried === undefined || backup.nearby !== null) return null;
  return (
    <div className="compared">
      {(['left', 'woke'] as const).map((of) => (
        <figure key={of}>
          <span className="shot" aria-hidden="true">
            <DrillScreen name={tried.name} of={of} />
          </span>
          <figcaption className="small">{t(`controls.backup.screens.${of}`)}</figcaption>
        </figure>
      ))}
    </div>
  );
}

/** Why it is held still, or how quick it is. */
function paceOf({ paused, bytesPerSecond }: BackupWork, { t, figures }: Words): string | null {
  if (paused !== null) return t(`controls.backup.paused.${paused}`);
  return bytesPerSecond === null ? null : t('controls.backup.speed', { size: figures.size(bytesPerSecond) });
}

function shownWork({ stage, done, total, secondsLeft, paused }: BackupWork): Work {
  return {
    stages: [{ id: stage, state: 'now', seconds: null }],
    fraction: total === null || total === 0 ? null : Math.min(1, done / total),
    secondsLeft: paused === null ? secondsLeft : null,
    reversible: true,
  };
}

function lineOf(repository: RepositoryView, words: Words): string {
  const { t, when, figures, language } = words;
  const name = isolate(repository.name, language);
  const at = when(repository.lastGoodAt);
  if (at === null) return t('controls.backup.never', { name });
  const { bytesMoved, seconds } = repository;
  return [
    t('controls.backup.place', { name, place: t('controls.backup.idle', { when: at }) }),
    ...(bytesMoved === null || seconds === null || bytesMoved === 0
      ? []
      : [
          t('controls.backup.moved', {
            size: figures.size(bytesMoved),
            time: figures.seconds(Math.ceil(seconds)),
          }),
        ]),
  ].join(' · ');
}

function Acts({ work, words }: { work: BackupWork | null; words: Words }) {
  const { t } = words;
  if (work === null)
    return (
      <div className="row acts">
        <Button label={t('controls.backup.acts.now')} onPress={() => void ask('backup', 'now')} />
        <Button
          kind="second"
          label={t('controls.backup.acts.drill')}
          onPress={() => void ask('backup', 'drill')}
        />
      </div>
    );
  const held = work.paused === 'asked';
  const pace = paceOf(work, words);
  return (
    <div className="row acts">
      {work.stage === 'backup' ? (
        <Button
          kind="second"
          label={t(held ? 'controls.backup.acts.goOn' : 'controls.backup.acts.pause')}
          onPress={() => void ask('backup', held ? 'goOn' : 'pause')}
        />
      ) : null}
      <Button
        kind="second"
        icon="undo"
        label={t('controls.backup.acts.cancel')}
        onPress={() => void ask('backup', 'cancel')}
      />
      {pace === null ? null : <p className="small num">{pace}</p>}
    </div>
  );
}
