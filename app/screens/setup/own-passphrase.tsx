// Words of one's own, typed twice, or once in plain sight. The inputs are uncontrolled and read where they are; of what is
// typed, React knows only which rule is broken and how strong the worker says it is.
import { useEffect, useRef, useState } from 'react';
import { askWithSecret } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { Notice } from '../../parts/notice';
import { SecretField } from '../../parts/secret-field';
import { Strength } from '../../parts/strength';
import { What } from '../../parts/what';
import { useSay } from '../say';
import { useCapsLock, useShown } from '../use-keys';
import { useWords, type Words } from '../use-words';
import { type Broken, brokenRule, least, mostTyped } from './passphrase-rules';
import { Step, type StepParts } from './step';
import { useStrength } from './use-strength';

export function OwnPassphrase({ view, story, onBack }: StepParts & { onBack: () => void }) {
  const words = useWords(view.look);
  const { t } = words;
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const { shown, showing } = useShown(t);
  const capsLock = useCapsLock();
  const say = useSay();
  const { strength, look } = useStrength(first, view.look.language);
  const [broken, setBroken] = useState<Broken | null>({ rule: 'empty' });
  const [same, setSame] = useState(false);
  const caps = t('locked.capsTitle');
  useEffect(() => {
    const element = first.current;
    return () => {
      if (element !== null) element.value = '';
    };
  }, []);
  // The second field comes and goes with Show; what is in it does not stay behind.
  useEffect(() => {
    const element = shown ? null : second.current;
    setSame(false);
    return () => {
      if (element !== null) element.value = '';
    };
  }, [shown]);
  useEffect(() => {
    if (capsLock) say(caps);
  }, [capsLock, caps, say]);
  const verdict = strength === null ? null : t(`setup.strength.scores.s${strength.score}`);
  useEffect(() => {
    if (verdict !== null) say(verdict);
  }, [verdict, say]);
  const changed = (): void => {
    const typed = first.current?.value ?? '';
    setBroken(brokenRule(typed));
    setSame(typed === second.current?.value);
    look();
  };
  const right = broken === null && (shown || same);
  const advice =
    strength === null
      ? ''
      : [
          strength.warning === null ? '' : t(`setup.strength.warnings.${strength.warning}`),
          strength.suggestion === null ? '' : t(`setup.strength.suggestions.${strength.suggestion}`),
        ].join(' ');
  return (
    <Step
      view={view}
      story={story}
      title={t('setup.own.title')}
      safe="setup"
      asks="own"
      first={first}
      onBack={onBack}
      onSubmit={() => {
        if (right && first.current !== null) void askWithSecret('choosePassphrase', first.current);
      }}
      act={
        right ? (
          <Button submits label={t('setup.own.keep')} />
        ) : (
          <WaitingButton label={broken === null ? t('setup.own.differ') : whyNot(broken, words)} />
        )
      }
    >
      <SecretField
        id="first"
        label={t('setup.own.first')}
        {...showing}
        inputRef={first}
        maxLength={mostTyped}
        onInput={changed}
      />
      <Strength
        label={t('setup.strength.label')}
        score={strength?.score ?? null}
        words={verdict ?? t('setup.strength.unknown')}
        advice={advice}
      />
      {shown ? (
        <p>{t('setup.own.seen')}</p>
      ) : (
        <SecretField
          id="second"
          label={t('setup.own.second')}
          {...showing}
          inputRef={second}
          maxLength={mostTyped}
          onInput={changed}
        />
      )}
      {capsLock ? (
        <Notice level="care" icon="capsLock" title={caps} body={t('locked.capsBody')} />
      ) : (
        <What label={t('setup.what')}>
          <p>{t('setup.own.what')}</p>
        </What>
      )}
    </Step>
  );
}

function whyNot(broken: Broken, { t, figures }: Words): string {
  switch (broken.rule) {
    case 'empty':
      return t('setup.own.rules.empty', { least: figures.number(least) });
    case 'tooShort':
      return t('setup.own.rules.tooShort', { count: broken.missing, n: figures.number(broken.missing) });
    default:
      return t(`setup.own.rules.${broken.rule}`);
  }
}
