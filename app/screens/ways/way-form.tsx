// One edit of a vault's ways in: what opens it now, and what shall open it. The words live in the input elements alone, go
// through one call into main as bytes, and leave the elements when the page changes.
import { type FormEvent, useEffect, useRef, useState } from 'react';
import type { View } from '../../../preload/contract/view';
import { ask, editWay } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { Notice } from '../../parts/notice';
import { SecretField } from '../../parts/secret-field';
import { Frame } from '../frame';
import { useCountdown } from '../use-countdown';
import { useShown } from '../use-keys';
import { useWords } from '../use-words';
import { type AtWays, type Doing, Told } from './told';

type Form = Exclude<Doing, { is: 'list' | 'adding' | 'locking' }>;

/** As the vault counts them: main checks again. */
const leastCharacters = 20;

export function WayForm(about: {
  readonly view: View;
  readonly story: AtWays;
  readonly doing: Form;
  readonly onBack: () => void;
}) {
  const { view, story, doing } = about;
  const { t, figures } = useWords(view.look);
  const now = useRef<HTMLInputElement>(null);
  const given = useRef<HTMLInputElement>(null);
  const again = useRef<HTMLInputElement>(null);
  const { shown, showing } = useShown(t);
  const [missing, setMissing] = useState<'short' | 'differ' | null>('short');
  const [short, setShort] = useState(leastCharacters);
  useEffect(() => {
    const elements = [now.current, given.current, again.current];
    return () => {
      for (const element of elements) if (element !== null) element.value = '';
    };
  }, []);
  const what = doing.is === 'add' ? doing.kind : doing.is;
  const asksNew = what === 'passphrase' || what === 'both' || what === 'change';
  const asksFolder = what === 'keyUsb' || what === 'both';
  const changed = (): void => {
    const value = given.current?.value ?? '';
    const left = leastCharacters - [...value].length;
    setShort(left);
    setMissing(left > 0 ? 'short' : value === again.current?.value || shown ? null : 'differ');
  };
  const waits =
    story.waitSeconds > 0 ||
    story.busy ||
    (asksNew && missing !== null) ||
    (asksFolder && story.folder === null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (waits || now.current === null || now.current.value === '') return;
    const fields = { now: now.current, given: given.current };
    if (doing.is === 'add') void editWay({ act: 'add', kind: doing.kind }, fields);
    else void editWay({ act: doing.is, id: doing.id }, fields);
  };
  return (
    <Frame
      view={view}
      sky="day"
      title={t(`ways.formTitle.${what}`)}
      safeLine={t('ways.safe')}
      switchOff={false}
      arrival={`form ${what} ${story.fault?.code} ${story.wrongTries}`}
      {...(asksFolder && story.folder === null ? {} : { first: now })}
    >
      <Told view={view} story={story} />
      {what === 'keyUsb' ? <Notice level="care" title={t('ways.keyAlone')} /> : null}
      {what === 'remove' && story.fault === null ? <p>{t('ways.removeBody')}</p> : null}
      <form className="form way" onSubmit={submit}>
        {asksFolder ? (
          <div className="row">
            <Button
              kind="second"
              icon="key"
              label={t('ways.folder')}
              onPress={() => void ask('pickKeyFolder')}
            />
            <span className="small">
              {story.folder === null ? t('ways.folderNone') : t('ways.folderIs', { folder: story.folder })}
            </span>
          </div>
        ) : null}
        <SecretField
          id="now"
          label={t(what === 'remove' ? 'ways.nowOther' : 'ways.now')}
          {...showing}
          inputRef={now}
          readOnly={story.busy}
        />
        {asksNew ? (
          <>
            <SecretField
              id="given"
              label={t('ways.new')}
              {...showing}
              inputRef={given}
              readOnly={story.busy}
              onInput={changed}
            />
            {shown ? null : (
              <SecretField
                id="again"
                label={t('ways.again')}
                {...showing}
                inputRef={again}
                readOnly={story.busy}
                onInput={changed}
              />
            )}
          </>
        ) : null}
        <div className="row acts">
          {story.busy ? (
            <WaitingButton label={t('ways.working')} />
          ) : story.waitSeconds > 0 ? (
            <Countdown key={story.wrongTries} view={view} seconds={story.waitSeconds} />
          ) : asksNew && missing !== null ? (
            <WaitingButton
              label={
                missing === 'differ'
                  ? t('ways.differ')
                  : t('setup.own.rules.tooShort', { count: short, n: figures.number(short) })
              }
            />
          ) : asksFolder && story.folder === null ? (
            <WaitingButton label={t('ways.folder')} />
          ) : (
            <Button submits label={t(`ways.do.${what}`)} />
          )}
          {story.busy ? null : (
            <Button kind="second" icon="undo" label={t('ways.back')} onPress={about.onBack} />
          )}
        </div>
      </form>
    </Frame>
  );
}

export function Countdown({ view, seconds }: { view: View; seconds: number }) {
  const { t, figures } = useWords(view.look);
  const left = useCountdown(seconds);
  return <WaitingButton label={t('locked.again', { count: left, n: figures.number(left) })} />;
}
