// A phrase drawn by main: shown large to be written down, then typed back once. The words go from bytes into the cells of
// the page by a ref, and leave the page with the screen; they are never in React state.
import { type RefObject, useEffect, useRef, useState } from 'react';
import { ask, askWithSecret } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { SecretField } from '../../parts/secret-field';
import { ShownSecret } from '../../parts/shown-secret';
import { What } from '../../parts/what';
import { useSay } from '../say';
import { useShown } from '../use-keys';
import { useWords } from '../use-words';
import { mostTyped } from './passphrase-rules';
import { drawSecret } from './shown-cells';
import { Step, type StepParts } from './step';

const count = 7;

interface PhraseParts extends StepParts {
  readonly phrase: RefObject<Uint8Array | null>;
  readonly onBack: () => void;
}

export function ShownPhrase({ view, story, phrase, onBack, onNext }: PhraseParts & { onNext: () => void }) {
  const { t, figures } = useWords(view.look);
  const say = useSay();
  const cells = useRef<HTMLOListElement>(null);
  const [state, setState] = useState<'drawing' | 'shown' | 'none'>('drawing');
  // How many were asked for: another press is another phrase.
  const [wanted, setWanted] = useState(0);
  useEffect(() => {
    const list = cells.current;
    if (list === null) return;
    let gone = false;
    const show = async (): Promise<void> => {
      if (phrase.current === null) {
        const reply = await ask('suggestPhrase');
        const drawn = reply.ok ? reply.value.phrase : null;
        if (gone) return void drawn?.fill(0);
        phrase.current = drawn;
      }
      if (phrase.current === null) return setState('none');
      drawSecret(list, { texts: new TextDecoder().decode(phrase.current).split(' '), spoken: null });
      setState('shown');
      if (wanted > 0) say(t('setup.phrase.drawn'));
    };
    void show();
    return () => {
      gone = true;
      drawSecret(list, null);
    };
  }, [phrase, wanted, say, t]);
  const another = (): void => {
    phrase.current?.fill(0);
    phrase.current = null;
    setState('drawing');
    setWanted(wanted + 1);
  };
  return (
    <Step
      view={view}
      story={story}
      title={t('setup.phrase.title')}
      safe="setup"
      asks="phrase"
      onSubmit={() => {
        if (state === 'shown') onNext();
      }}
      onBack={onBack}
      act={
        state === 'shown' ? (
          <Button submits icon="arrowRight" label={t('setup.phrase.ready')} />
        ) : (
          <WaitingButton label={t('work.unknown')} />
        )
      }
    >
      <p>{t(state === 'none' ? 'setup.phrase.none' : 'setup.phrase.body')}</p>
      <ShownSecret
        kind="phrase"
        label={t('setup.phrase.words', { n: figures.number(count) })}
        count={count}
        number={figures.number}
        listRef={cells}
      />
      <div className="row others">
        <Button kind="quiet" icon="again" label={t('setup.phrase.another')} onPress={another} />
        <What label={t('setup.what')}>
          <p>{t('setup.phrase.what')}</p>
        </What>
      </div>
    </Step>
  );
}

export function TypedPhrase({ view, story, phrase, onBack }: PhraseParts) {
  const { t, figures } = useWords(view.look);
  const input = useRef<HTMLInputElement>(null);
  const { showing } = useShown(t);
  const [same, setSame] = useState(false);
  useEffect(() => {
    const element = input.current;
    return () => {
      if (element !== null) element.value = '';
    };
  }, []);
  return (
    <Step
      view={view}
      story={story}
      title={t('setup.phrase.typeTitle')}
      safe="setup"
      asks="typed"
      first={input}
      onBack={onBack}
      onSubmit={() => {
        if (same && input.current !== null) void askWithSecret('choosePassphrase', input.current);
      }}
      act={
        same ? (
          <Button submits label={t('setup.phrase.keep')} />
        ) : (
          <WaitingButton label={t('setup.phrase.differs')} />
        )
      }
    >
      <SecretField
        id="phrase"
        label={t('setup.phrase.label', { n: figures.number(count) })}
        {...showing}
        inputRef={input}
        maxLength={mostTyped}
        onInput={() => setSame(isSame(input.current?.value ?? '', phrase.current))}
      />
      <p className="spoken" role="status">
        {same ? t('setup.phrase.same') : ''}
      </p>
      <What label={t('setup.what')}>
        <p>{t('setup.phrase.typeWhat')}</p>
      </What>
    </Step>
  );
}

function isSame(typed: string, phrase: Uint8Array | null): boolean {
  const bytes = new TextEncoder().encode(typed.normalize('NFC'));
  const same =
    phrase !== null &&
    bytes.byteLength === phrase.byteLength &&
    bytes.every((byte, index) => byte === phrase[index]);
  bytes.fill(0);
  return same;
}
