// Step 2: what opens the vault. A phrase drawn by chance (shown, then typed back once) or words of one's own. The drawn
// phrase is bytes in a ref, in the page only while it is shown, and wiped when another is drawn or the step ends.
import { useEffect, useRef, useState } from 'react';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Cards } from '../../parts/cards';
import { What } from '../../parts/what';
import { useWords } from '../use-words';
import { OwnPassphrase } from './own-passphrase';
import { least } from './passphrase-rules';
import { ShownPhrase, TypedPhrase } from './phrase';
import { Step, type StepParts } from './step';

type Way = 'give' | 'own';

export function PassphraseStep({ view, story }: StepParts) {
  const { t, figures } = useWords(view.look);
  const [way, setWay] = useState<Way>('give');
  const [asks, setAsks] = useState<'way' | 'phrase' | 'typed' | 'own'>('way');
  const phrase = useRef<Uint8Array | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => () => wipe(phrase), []);
  switch (asks) {
    case 'phrase':
      return (
        <ShownPhrase
          view={view}
          story={story}
          phrase={phrase}
          onBack={() => {
            wipe(phrase);
            setAsks('way');
          }}
          onNext={() => setAsks('typed')}
        />
      );
    case 'typed':
      return <TypedPhrase view={view} story={story} phrase={phrase} onBack={() => setAsks('phrase')} />;
    case 'own':
      return <OwnPassphrase view={view} story={story} onBack={() => setAsks('way')} />;
    case 'way':
      return (
        <Step
          view={view}
          story={story}
          title={t('setup.passphrase.title')}
          safe="setup"
          asks="way"
          first={first}
          facts
          onSubmit={() => setAsks(way === 'give' ? 'phrase' : 'own')}
          onBack={() => void ask('setupBack')}
          act={<Button submits icon="arrowRight" label={t('setup.next')} />}
        >
          <Cards
            label={t('setup.passphrase.title')}
            cards={[
              {
                id: 'give',
                name: t('setup.passphrase.give'),
                tag: t('setup.guest.recommended'),
                notes: [t('setup.passphrase.giveNote')],
              },
              {
                id: 'own',
                name: t('setup.passphrase.own'),
                notes: [t('setup.passphrase.ownNote', { least: figures.number(least) })],
              },
            ]}
            chosen={way}
            chosenRef={first}
            onChoose={setWay}
          />
          <What label={t('setup.what')}>
            <p>{t('setup.passphrase.what')}</p>
          </What>
        </Step>
      );
  }
}

function wipe(phrase: { current: Uint8Array | null }): void {
  phrase.current?.fill(0);
  phrase.current = null;
}
