// Locked and opening by passphrase are one screen on purpose: the typed words must survive a wrong try without ever
// leaving the input element. The words go through one call into main as bytes, and the element is emptied as soon as the
// story leaves these two states (this component unmounts). They are never in React state, the store or a log.
import { type FormEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import type { FaultCode } from '../../preload/contract/fault';
import type { Story, View } from '../../preload/contract/view';
import { ask, askWithSecret } from '../ask';
import { Button, WaitingButton } from '../parts/button';
import { Notice } from '../parts/notice';
import { SecretField } from '../parts/secret-field';
import { roundLeft } from '../text/figures';
import { Frame } from './frame';
import { useSay } from './say';
import { ScreenKeyboard, WordKey } from './typing/screen-keyboard';
import { TypingStrip } from './typing/strip';
import { useCountdown } from './use-countdown';
import { useCapsLock, useShown } from './use-keys';
import { placeOf, useWords, type Words } from './use-words';
import { WhichVault, whichVaultId } from './vaults';

export type Locked = Extract<Story, { state: 'locked' }>;
export type Opening = Extract<Story, { state: 'opening' }>;

const formId = 'unlocking';

interface UnlockingParts {
  readonly view: View;
  readonly story: Locked | Opening;
  readonly by: Opening['by'];
  /** Over a desktop that runs: what the lock says beside asking. */
  readonly lock?: { readonly safeLine: string; readonly body: string; readonly others: ReactNode };
}

export function Unlocking({ view, story, by, lock }: UnlockingParts) {
  const words = useWords(view.look);
  const { t } = words;
  const input = useRef<HTMLInputElement>(null);
  const { shown, showing } = useShown(t);
  const capsLock = useCapsLock();
  const [keys, setKeys] = useState(false);
  const say = useSay();
  const locked = story.state === 'locked' ? story : null;
  const idle = locked?.keyUsb === 'idle';
  const wrong = locked?.fault?.code === 'wrongSecret';
  const caps = t('locked.capsTitle');
  useEffect(() => {
    const element = input.current;
    return () => {
      if (element !== null) element.value = '';
    };
  }, []);
  useEffect(() => {
    if (capsLock) say(caps);
  }, [capsLock, caps, say]);
  const beside = view.reader === 'on' ? t('unlock.aloud.shown') : undefined;
  useEffect(() => {
    if (shown && beside !== undefined) say(beside);
  }, [shown, beside, say]);
  const spokenOf = (code: FaultCode): string =>
    wrong ? titleOf(story, by, words) : words.faultOf(code).title;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const element = input.current;
    if (locked === null || !idle || locked.waitSeconds > 0 || element === null || element.value === '')
      return;
    void askWithSecret('unlock', element);
  };
  return (
    <Frame
      view={view}
      sky={lock === undefined ? 'night' : 'dusk'}
      title={titleOf(story, by, words)}
      safeLine={
        lock?.safeLine ??
        t(`still.${placeOf(view)}.${locked === null ? 'opening' : wrong ? 'wrong' : 'wait'}`)
      }
      switchOff={lock === undefined && locked !== null && locked.keyUsb === 'idle'}
      facts={
        lock === undefined && locked !== null && idle && locked.fault === null && !locked.plainPassphraseFile
      }
      // After every try, also one with a key USB, whose button is gone while it is looked for.
      arrival={locked === null ? 'opening' : `${locked.wrongTries} ${locked.fault?.code} ${locked.keyUsb}`}
      first={input}
      {...(keys
        ? {
            floor: (
              <ScreenKeyboard
                view={view}
                field={input}
                before={<WordKey label={t('unlock.keys.close')} onPress={() => setKeys(false)} />}
                after={<Act story={story} words={words} />}
              />
            ),
          }
        : {})}
    >
      {capsLock ? <Notice level="care" icon="capsLock" title={caps} body={t('locked.capsBody')} /> : null}
      {story.vault === null ? null : <WhichVault vault={story.vault} view={view} />}
      {locked === null ? null : <Beside story={locked} words={words} />}
      {lock === undefined || keys || locked === null || locked.fault !== null ? null : <p>{lock.body}</p>}
      <form id={formId} className="form" onSubmit={submit}>
        <SecretField
          id="passphrase"
          label={t('locked.label')}
          {...showing}
          inputRef={input}
          readOnly={!idle}
          shownUnread={beside}
          describedBy={story.vault === null ? undefined : whichVaultId}
        />
        {keys ? null : (
          <>
            <TypingStrip
              view={view}
              onKeys={() => {
                setKeys(true);
                input.current?.focus();
              }}
            />
            <div className="row acts">
              <Act story={story} words={words} />
              {idle && lock !== undefined ? lock.others : null}
            </div>
          </>
        )}
      </form>
      {idle && !keys ? (
        <Others words={words} several={story.vault !== null && locked !== null && locked.waitSeconds === 0} />
      ) : null}
      <p className="spoken" role="alert">
        {locked?.fault ? `${spokenOf(locked.fault.code)} ${capsLock ? caps : ''}` : ''}
      </p>
    </Frame>
  );
}

function titleOf(story: Locked | Opening, by: Opening['by'], { t }: Words): string {
  if (story.state === 'opening') return t('opening.title');
  if (story.fault?.code !== 'wrongSecret') return t('locked.title');
  return t(by === 'keyUsb' || story.keys.length > 0 ? 'locked.wrongKeyTitle' : 'locked.wrongTitle');
}

/** What stands above the field: why the last try ended, if not by a wrong passphrase, and the paper's warning. */
function Beside({ story, words: { t, figures, faultOf } }: { story: Locked; words: Words }) {
  const { fault } = story;
  return (
    <>
      {story.plainPassphraseFile ? (
        <Notice level="care" title={t('locked.plainTitle')} body={t('locked.plainBody')} />
      ) : null}
      {story.keys.length === 0 ? null : <p>{t('unlock.wrongKeys', { names: figures.names(story.keys) })}</p>}
      {fault === null || fault.code === 'wrongSecret' ? null : (
        <Notice
          level="fault"
          title={faultOf(fault.code).title}
          body={`${faultOf(fault.code).happened} ${faultOf(fault.code).advice}`}
        />
      )}
    </>
  );
}

/** The one button: it keeps its place and says why when it cannot be pressed. */
function Act({ story, words: { t, figures } }: { story: Locked | Opening; words: Words }) {
  if (story.state === 'opening') {
    const left = story.work.secondsLeft === null ? null : roundLeft(story.work.secondsLeft);
    const seconds = left !== null && 'seconds' in left ? left.seconds : null;
    return (
      <>
        <WaitingButton
          label={
            seconds === null
              ? t('opening.unlocking')
              : t('opening.about', { count: seconds, n: figures.number(seconds) })
          }
        />
        <Button kind="second" label={t('opening.stop')} onPress={() => void ask('cancel')} />
      </>
    );
  }
  if (story.keyUsb === 'looking') {
    return (
      <>
        <WaitingButton label={t('locked.keyUsbLooking')} />
        <Button kind="second" label={t('opening.stop')} onPress={() => void ask('cancel')} />
      </>
    );
  }
  if (story.waitSeconds > 0) {
    return (
      <Countdown
        key={story.wrongTries}
        seconds={story.waitSeconds}
        sentence={(left) => t('locked.again', { count: left, n: figures.number(left) })}
      />
    );
  }
  return <Button submits form={formId} label={t('locked.unlock')} />;
}

function Countdown({ seconds, sentence }: { seconds: number; sentence: (left: number) => string }) {
  return <WaitingButton label={sentence(useCountdown(seconds))} />;
}

function Others({ words: { t }, several }: { words: Words; several: boolean }) {
  return (
    <div className="row others">
      <Button
        kind="quiet"
        icon="key"
        label={t('locked.keyUsb')}
        onPress={() => void ask('unlockWithKeyUsb')}
      />
      {several ? (
        <Button
          kind="quiet"
          icon="undo"
          label={t('unlock.vaults.other')}
          onPress={() => void ask('otherVault')}
        />
      ) : null}
    </div>
  );
}
