// Step 4: the recovery key, shown once to be written on paper; then two of its groups are typed back. The digits come as
// bytes, go into the page by a ref, and leave the page when the screen changes. They are never in React state.
import { useEffect, useRef, useState } from 'react';
import type { AskedGroups } from '../../../preload/contract/setup';
import { ask, askWithBytes } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { DigitsField } from '../../parts/digits-field';
import { What } from '../../parts/what';
import { RecoveryGrid, WrongGroups } from '../recovery-grid';
import { useWords } from '../use-words';
import { asciiDigits, digitsOfGroup, groupsOf } from './recovery-digits';
import { drawSecret } from './shown-cells';
import { Step, type StepParts } from './step';

export function RecoveryStep(parts: StepParts) {
  const [typing, setTyping] = useState(false);
  const asked = parts.story.askedGroups;
  return typing && asked !== null ? (
    <TypedGroups {...parts} asked={asked} onBack={() => setTyping(false)} />
  ) : (
    <ShownKey {...parts} onNext={() => setTyping(true)} />
  );
}

function ShownKey({ view, story, onNext }: StepParts & { onNext: () => void }) {
  const { t, figures } = useWords(view.look);
  const cells = useRef<HTMLOListElement>(null);
  const [state, setState] = useState<'asking' | 'shown' | 'none'>('asking');
  const ready = story.askedGroups !== null;
  useEffect(() => {
    const list = cells.current;
    if (list === null || !ready) return;
    let gone = false;
    const show = async (): Promise<void> => {
      const reply = await ask('showRecoveryKey');
      const key = reply.ok ? reply.value.key : null;
      const groups = key === null ? null : groupsOf(key);
      key?.fill(0);
      if (gone) return;
      if (groups !== null) {
        drawSecret(list, {
          texts: groups,
          spoken: (group, place) =>
            `${t('setup.recovery.group', { n: figures.number(place) })}: ${[...group].join(' ')}`,
        });
      }
      setState(groups === null ? 'none' : 'shown');
    };
    void show();
    return () => {
      gone = true;
      drawSecret(list, null);
    };
  }, [ready, t, figures]);
  return (
    <Step
      view={view}
      story={story}
      title={t('setup.recovery.title')}
      safe="recovery"
      asks="shown"
      onSubmit={() => {
        if (state === 'shown') onNext();
      }}
      act={
        state === 'shown' ? (
          <Button submits icon="arrowRight" label={t('setup.recovery.wrote')} />
        ) : (
          <WaitingButton label={t('work.unknown')} />
        )
      }
    >
      <p>{t(state === 'none' ? 'setup.recovery.none' : 'setup.recovery.body')}</p>
      <RecoveryGrid look={view.look} listRef={cells} />
      <What label={t('setup.what')}>
        <p>{t('setup.recovery.what')}</p>
      </What>
    </Step>
  );
}

interface TypedParts extends StepParts {
  readonly asked: AskedGroups;
  readonly onBack: () => void;
}

function TypedGroups({ view, story, asked, onBack }: TypedParts) {
  const { t, figures } = useWords(view.look);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const wentOn = useRef(false);
  const [missing, setMissing] = useState(2 * digitsOfGroup);
  const [wrongTries, setWrongTries] = useState(0);
  useEffect(() => {
    const elements = [first.current, second.current];
    return () => {
      for (const element of elements) if (element !== null) element.value = '';
    };
  }, []);
  const typed = (): [string, string] => [
    asciiDigits(first.current?.value ?? ''),
    asciiDigits(second.current?.value ?? ''),
  ];
  /** On to the second group after the last digit typed by hand, once: a paste stays, and who comes back corrects. */
  const changed = (event: InputEvent, field: 'first' | 'second'): void => {
    const [one, other] = typed();
    setMissing([one, other].reduce((sum, digits) => sum + Math.max(0, digitsOfGroup - digits.length), 0));
    const full = field === 'first' && one.length === digitsOfGroup && other === '';
    if (!full || wentOn.current || event.inputType !== 'insertText') return;
    wentOn.current = true;
    second.current?.focus();
  };
  const whole = missing === 0;
  const submit = async (): Promise<void> => {
    if (!whole) return;
    const reply = await askWithBytes('confirmRecoveryKey', new TextEncoder().encode(typed().join('')));
    if (reply.ok && reply.value.taken && !reply.value.right) setWrongTries((tries) => tries + 1);
  };
  const [one, other] = asked.map((index) => figures.number(index + 1));
  return (
    <Step
      view={view}
      story={story}
      title={t('setup.recovery.typeTitle')}
      safe="recovery"
      asks={`typed ${wrongTries}`}
      first={first}
      onBack={onBack}
      onSubmit={() => void submit()}
      act={
        whole ? (
          <Button submits label={t('setup.recovery.check')} />
        ) : (
          <WaitingButton label={t('setup.recovery.left', { count: missing, n: figures.number(missing) })} />
        )
      }
    >
      {wrongTries === 0 ? (
        <p>{t('setup.recovery.typeBody')}</p>
      ) : (
        <WrongGroups look={view.look} tries={wrongTries} one={one} other={other} />
      )}
      <div className="digits-row">
        <DigitsField
          id="group-first"
          label={t('setup.recovery.groupDigits', { n: one })}
          length={digitsOfGroup}
          inputRef={first}
          onInput={(event) => changed(event, 'first')}
        />
        <DigitsField
          id="group-second"
          label={t('setup.recovery.groupDigits', { n: other })}
          length={digitsOfGroup}
          inputRef={second}
          onInput={(event) => changed(event, 'second')}
        />
      </div>
      <What label={t('setup.what')}>
        <p>{t('setup.recovery.typeWhat')}</p>
      </What>
    </Step>
  );
}
