// No vault yet: choose a passphrase, type it twice, make one. The two inputs are uncontrolled and compared where they
// are; only how many characters there are is React state. They are emptied once the making has begun and succeeded.
import { type FormEvent, type RefObject, useEffect, useRef, useState } from 'react';
import type { Story, View } from '../../preload/contract/view';
import { askWithSecret } from '../ask';
import { Button, WaitingButton } from '../parts/button';
import { Notice } from '../parts/notice';
import { SecretField } from '../parts/secret-field';
import { isolate } from '../text/figures';
import { Frame } from './frame';
import { useCapsLock, useShown } from './use-keys';
import { placeOf, useWords } from './use-words';
import { WorkView } from './work-view';

type Setup = Extract<Story, { state: 'setup' }>;

/** As in the paper (section 3.2); main checks it again. */
const least = 20;

export function SetupScreen({ view, story }: { view: View; story: Setup }) {
  const { t, faultOf } = useWords(view.look);
  const { work, fault } = story;
  const first = useRef<HTMLInputElement>(null);
  return (
    <Frame
      view={view}
      sky="dawn"
      title={t(work === null ? 'setup.title' : 'setup.making')}
      safeLine={t(`still.${placeOf(view)}.${work === null ? 'wait' : 'making'}`)}
      switchOff={work === null}
      facts={work === null && fault === null}
      arrival={work === null ? 'setup' : 'making'}
      first={first}
    >
      {fault === null ? null : (
        <div role="alert">
          <Notice
            level="fault"
            title={faultOf(fault.code).title}
            body={`${faultOf(fault.code).happened} ${faultOf(fault.code).advice}`}
          />
        </div>
      )}
      {work === null ? (
        <Choose view={view} home={story.home} failed={fault !== null} first={first} />
      ) : (
        <WorkView view={view} work={work} />
      )}
    </Frame>
  );
}

interface ChooseParts {
  readonly view: View;
  readonly home: string;
  /** The notice about the last try has the place of the explanation. */
  readonly failed: boolean;
  readonly first: RefObject<HTMLInputElement | null>;
}

function Choose({ view, home, failed, first }: ChooseParts) {
  const { t, figures } = useWords(view.look);
  const second = useRef<HTMLInputElement>(null);
  const { shown, toggle } = useShown();
  const capsLock = useCapsLock();
  const [count, setCount] = useState(0);
  const [same, setSame] = useState(false);
  useEffect(() => {
    const elements = [first.current, second.current];
    return () => {
      for (const element of elements) if (element !== null) element.value = '';
    };
  }, [first]);
  const look = (): void => {
    const typed = first.current?.value ?? '';
    setCount([...typed.normalize('NFC')].length);
    setSame(typed === second.current?.value);
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const element = first.current;
    if (element !== null && count >= least && same) void askWithSecret('makeVault', element);
  };
  const toggleText = t(shown ? 'locked.hide' : 'locked.show');
  const counted = t('setup.count', { n: figures.number(count), least: figures.number(least) });
  return (
    <form className="form" onSubmit={submit}>
      {failed ? null : (
        <p className="place">{t('setup.body', { home: isolate(home, view.look.language) })}</p>
      )}
      {capsLock ? (
        <Notice level="care" icon="capsLock" title={t('locked.capsTitle')} body={t('locked.capsBody')} />
      ) : null}
      <SecretField
        id="first"
        label={t('setup.first', { least: figures.number(least) })}
        shown={shown}
        toggle={toggleText}
        onToggle={toggle}
        inputRef={first}
        onInput={look}
      />
      <SecretField
        id="second"
        label={t('setup.second')}
        shown={shown}
        toggle={toggleText}
        onToggle={toggle}
        inputRef={second}
        onInput={look}
      />
      <div className="row acts">
        {count < least ? (
          <WaitingButton label={counted} />
        ) : same ? (
          <Button submits label={t('setup.make')} />
        ) : (
          <WaitingButton label={t('setup.differ')} />
        )}
      </div>
    </form>
  );
}
