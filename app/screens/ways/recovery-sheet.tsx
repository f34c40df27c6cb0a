// A new recovery key: shown once, as digits and as a square code, to be written on paper or saved as a PDF; then two of
// its groups and a secret that opens the vault are typed, and only that adds it. The digits are never in React state.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { AskedGroups } from '../../../preload/contract/setup';
import type { View } from '../../../preload/contract/view';
import { ask, askWithBytes, editWay } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { DigitsField } from '../../parts/digits-field';
import { Notice } from '../../parts/notice';
import { SecretField } from '../../parts/secret-field';
import { Frame } from '../frame';
import { RecoveryGrid, WrongGroups } from '../recovery-grid';
import { asciiDigits, digitsOfGroup } from '../setup/recovery-digits';
import { useShown } from '../use-keys';
import { useWords } from '../use-words';
import { drawRecoveryKey } from './draw-recovery-key';
import { type AtWays, Told } from './told';
import { Countdown } from './way-form';

interface SheetParts {
  readonly view: View;
  readonly story: AtWays;
  readonly onBack: () => void;
}

export function RecoverySheet({ view, story, onBack }: SheetParts) {
  const [typing, setTyping] = useState(false);
  return typing && story.askedGroups !== null ? (
    <TypedBack view={view} story={story} asked={story.askedGroups} onBack={() => setTyping(false)} />
  ) : (
    <Shown view={view} story={story} onBack={onBack} onNext={() => setTyping(true)} />
  );
}

function Shown({ view, story, onBack, onNext }: SheetParts & { readonly onNext: () => void }) {
  const { t, figures } = useWords(view.look);
  const cells = useRef<HTMLOListElement>(null);
  const code = useRef<HTMLDivElement>(null);
  const [there, setThere] = useState(false);
  const [saved, setSaved] = useState<boolean | null>(null);
  const ready = story.askedGroups !== null;
  useEffect(() => {
    if (!ready) return;
    return drawRecoveryKey({
      cells: cells.current,
      code: code.current,
      spoken: (group, place) =>
        `${t('setup.recovery.group', { n: figures.number(place) })}: ${[...group].join(' ')}`,
      onDrawn: setThere,
    });
  }, [ready, t, figures]);
  const save = async (): Promise<void> => {
    const reply = await ask('saveRecoverySheet');
    setSaved(reply.ok && reply.value.saved);
  };
  return (
    <Frame
      view={view}
      sky="day"
      title={t('ways.sheet.title')}
      safeLine={t('ways.safe')}
      switchOff={false}
      arrival="sheet"
    >
      {saved === null ? (
        <p>{t('ways.sheet.body')}</p>
      ) : (
        <div role="status">
          <Notice
            level={saved ? 'good' : 'care'}
            title={t(saved ? 'ways.sheet.saved' : 'ways.sheet.notSaved')}
          />
        </div>
      )}
      <div className="sheet">
        <RecoveryGrid look={view.look} listRef={cells} />
        <div className="qr" role="img" aria-label={t('ways.sheet.qr')} ref={code} />
      </div>
      <div className="row acts">
        {there ? (
          <Button icon="arrowRight" label={t('ways.sheet.kept')} onPress={onNext} />
        ) : (
          <WaitingButton label={t('work.unknown')} />
        )}
        <Button kind="second" label={t('ways.sheet.save')} onPress={() => void save()} />
        <Button kind="second" icon="undo" label={t('ways.back')} onPress={onBack} />
      </div>
    </Frame>
  );
}

function TypedBack({ view, story, asked, onBack }: SheetParts & { readonly asked: AskedGroups }) {
  const { t, figures } = useWords(view.look);
  const first = useRef<HTMLInputElement>(null);
  const second = useRef<HTMLInputElement>(null);
  const groups = [first, second];
  const now = useRef<HTMLInputElement>(null);
  const { showing } = useShown(t);
  const [missing, setMissing] = useState(2 * digitsOfGroup);
  const [wrong, setWrong] = useState(0);
  useEffect(() => {
    const elements = [first.current, second.current, now.current];
    return () => {
      for (const element of elements) if (element !== null) element.value = '';
    };
  }, []);
  const digits = (): string[] => groups.map((group) => asciiDigits(group.current?.value ?? ''));
  const changed = (): void =>
    setMissing(digits().reduce((sum, each) => sum + Math.max(0, digitsOfGroup - each.length), 0));
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (
      missing > 0 ||
      story.busy ||
      story.waitSeconds > 0 ||
      now.current === null ||
      now.current.value === ''
    )
      return;
    const reply = await askWithBytes('confirmRecoveryKey', new TextEncoder().encode(digits().join('')));
    if (!reply.ok || !reply.value.right) return setWrong((tries) => tries + 1);
    await editWay({ act: 'add', kind: 'recovery' }, { now: now.current, given: null });
  };
  const [one, other] = asked.map((index) => figures.number(index + 1));
  return (
    <Frame
      view={view}
      sky="day"
      title={t('ways.formTitle.recovery')}
      safeLine={t('ways.safe')}
      switchOff={false}
      arrival={`typed ${wrong} ${story.wrongTries}`}
      first={first}
    >
      {wrong > 0 && story.fault === null ? (
        <WrongGroups look={view.look} tries={wrong} one={one} other={other} />
      ) : (
        <Told view={view} story={story} />
      )}
      <form className="form way" onSubmit={(event) => void submit(event)}>
        <div className="digits-row">
          {groups.map((group, index) => (
            <DigitsField
              key={asked[index]}
              id={`group-${index}`}
              label={t('setup.recovery.groupDigits', { n: index === 0 ? one : other })}
              length={digitsOfGroup}
              inputRef={group}
              onInput={changed}
            />
          ))}
        </div>
        <SecretField id="now" label={t('ways.now')} {...showing} inputRef={now} readOnly={story.busy} />
        <div className="row acts">
          {story.busy ? (
            <WaitingButton label={t('ways.working')} />
          ) : story.waitSeconds > 0 ? (
            <Countdown key={story.wrongTries} view={view} seconds={story.waitSeconds} />
          ) : missing > 0 ? (
            <WaitingButton label={t('setup.recovery.left', { count: missing, n: figures.number(missing) })} />
          ) : (
            <Button submits label={t('ways.do.recovery')} />
          )}
          {story.busy ? null : <Button kind="second" icon="undo" label={t('ways.back')} onPress={onBack} />}
        </div>
      </form>
    </Frame>
  );
}
