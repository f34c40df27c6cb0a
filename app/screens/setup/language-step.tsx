// Step 1: every language named in itself. Choosing one applies it at once, so that the next words can be read.
import { useRef } from 'react';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { Cards } from '../../parts/cards';
import { What } from '../../parts/what';
import { catalogues } from '../../text/speech';
import { languages } from '../tools';
import { useWords } from '../use-words';
import { Step, type StepParts } from './step';

export function LanguageStep({ view, story }: StepParts) {
  const { t } = useWords(view.look);
  const first = useRef<HTMLInputElement>(null);
  return (
    <Step
      view={view}
      story={story}
      title={t('language.title')}
      safe="setup"
      asks=""
      first={first}
      onSubmit={() => void ask('setupNext')}
      act={
        <>
          <Button submits icon="arrowRight" label={t('setup.next')} />
          <Button
            kind="quiet"
            icon="again"
            label={t('restore.begin')}
            onPress={() => void ask('restoreBackup')}
          />
        </>
      }
    >
      <p>{t('setup.language.body')}</p>
      <div className="languages">
        <Cards
          label={t('language.title')}
          cards={languages.map((language) => ({
            id: language,
            name: catalogues[language].name,
            lang: language,
            notes: [catalogues[language].madeBy].filter((note) => note !== ''),
          }))}
          chosen={view.look.language}
          chosenRef={first}
          onChoose={(language) => void ask('setLook', { ...view.look, language })}
        />
      </div>
      <What label={t('setup.what')}>
        <p>{t('setup.language.what')}</p>
      </What>
    </Step>
  );
}
