// A backup instead of a new desktop: where it is, then the recovery key from the paper, then what its server wants to see
// first. The address may hold a password: it lives in its input element, goes to main as bytes, and comes back without.
import { useEffect, useRef, useState } from 'react';
import type { RestoreView, ServerAsks } from '../../../preload/contract/restore';
import { ask, askWithSecret } from '../../ask';
import { Button, WaitingButton } from '../../parts/button';
import { Notice } from '../../parts/notice';
import { SecretField } from '../../parts/secret-field';
import { What } from '../../parts/what';
import { isolate } from '../../text/figures';
import { useShown } from '../use-keys';
import { useWords } from '../use-words';
import { asciiDigits, digitsOfGroup, groupCount } from './recovery-digits';
import { Step, type StepParts } from './step';

type Asking = StepParts & { readonly restore: RestoreView };

export function WhereStep({ view, story }: StepParts) {
  const { restore } = story;
  if (restore === null) return null;
  const parts = { view, story, restore };
  if (restore.asks !== null) return <ServerQuestion {...parts} asks={restore.asks} />;
  return restore.place === null ? <Place {...parts} /> : <Paper {...parts} place={restore.place} />;
}

function Place({ view, story, restore }: Asking) {
  const { t } = useWords(view.look);
  const address = useRef<HTMLInputElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const [typed, setTyped] = useState(false);
  useEffect(() => emptied(address.current), []);
  return (
    <Step
      view={view}
      // A wrong address is told in words of its own.
      story={story.fault?.code === 'usage' ? { ...story, fault: null } : story}
      title={t('restore.where.title')}
      safe="setup"
      asks={`place ${story.fault?.code}`}
      first={first}
      onSubmit={() => {
        if (typed && address.current !== null) void askWithSecret('nameBackup', address.current);
      }}
      act={
        restore.busy === 'picking' ? (
          <WaitingButton label={t('restore.where.picking')} />
        ) : typed ? (
          <Button submits icon="arrowRight" label={t('restore.where.next')} />
        ) : (
          <WaitingButton label={t('restore.where.waits')} />
        )
      }
    >
      {story.fault?.code === 'usage' ? (
        <div role="alert">
          <Notice level="care" title={t('restore.where.wrong')} body={t('restore.where.wrongAdvice')} />
        </div>
      ) : null}
      <div className="row">
        <Button
          kind="second"
          label={t('restore.where.folder')}
          onPress={() => void ask('pickBackupFolder')}
          buttonRef={first}
        />
      </div>
      <div>
        <label htmlFor="address">{t('restore.where.address')}</label>
        <div className="field">
          <input
            id="address"
            ref={address}
            className="line num"
            type="text"
            dir="ltr"
            maxLength={1000}
            onInput={() => setTyped((address.current?.value.trim() ?? '') !== '')}
            autoComplete="off"
            autoCorrect="off"
            autoCapitalize="none"
            spellCheck={false}
          />
        </div>
        <p className="small">
          {t('restore.where.example', {
            address: isolate('sftp://ana@nas.example/backup', view.look.language),
          })}
        </p>
      </div>
      <What label={t('setup.what')}>
        <p>{t('restore.where.what')}</p>
      </What>
    </Step>
  );
}

const wholeKey = groupCount * digitsOfGroup;

function Paper({ view, story, restore, place }: Asking & { readonly place: string }) {
  const { t, figures, language } = useWords(view.look);
  const field = useRef<HTMLInputElement>(null);
  const { showing } = useShown(t);
  const [missing, setMissing] = useState(wholeKey);
  useEffect(() => emptied(field.current), []);
  const reading = restore.busy === 'reading';
  const mistyped = story.fault?.code === 'mistypedKey';
  return (
    <Step
      view={view}
      story={mistyped ? { ...story, fault: null } : story}
      title={t('restore.key.title')}
      safe={{ said: t('restore.safe') }}
      asks={`paper ${story.fault?.code}`}
      first={field}
      onBack={reading ? () => void ask('cancel') : () => void ask('setupBack')}
      backLabel={reading ? t('restore.key.stop') : t('setup.back')}
      onSubmit={() => {
        if (missing === 0 && !reading && field.current !== null)
          void askWithSecret('openBackup', field.current);
      }}
      act={
        reading ? (
          <WaitingButton label={t('restore.key.reading')} />
        ) : missing === 0 ? (
          <Button submits label={t('restore.key.open')} />
        ) : (
          <WaitingButton label={t('setup.recovery.left', { count: missing, n: figures.number(missing) })} />
        )
      }
    >
      {mistyped ? (
        <div role="alert">
          <Notice level="care" title={t('restore.key.mistyped')} body={t('restore.key.mistypedAdvice')} />
        </div>
      ) : null}
      <p className="place">{t('restore.key.place', { place: isolate(place, language) })}</p>
      <SecretField
        id="recovery"
        label={t('restore.key.label')}
        {...showing}
        inputRef={field}
        readOnly={reading}
        onInput={() => setMissing(Math.max(0, wholeKey - asciiDigits(field.current?.value ?? '').length))}
      />
      <What label={t('setup.what')}>
        <p>{t('restore.key.what')}</p>
      </What>
    </Step>
  );
}

/** What the server shows, to be compared; or what it must be given, to be handed over. */
function ServerQuestion({ view, story, restore, asks }: Asking & { readonly asks: ServerAsks }) {
  const { t } = useWords(view.look);
  const reading = restore.busy === 'reading';
  const key = asks.is;
  return (
    <Step
      view={view}
      story={story}
      title={t(`restore.${key}.title`)}
      safe={{ said: t('restore.safe') }}
      asks={key}
      onBack={reading ? () => void ask('cancel') : () => void ask('setupBack')}
      backLabel={reading ? t('restore.key.stop') : t('setup.back')}
      onSubmit={() => {
        if (!reading) void ask('retryBackup');
      }}
      act={
        reading ? (
          <WaitingButton label={t('restore.key.reading')} />
        ) : (
          <Button
            submits
            label={t(asks.is === 'hostKey' ? 'restore.hostKey.same' : 'restore.admission.again')}
          />
        )
      }
    >
      <p>{t(`restore.${key}.body`)}</p>
      <figure className="shown-line">
        <figcaption className="small">{t(`restore.${key}.label`)}</figcaption>
        <code dir="ltr">{asks.is === 'hostKey' ? asks.fingerprint : asks.line}</code>
      </figure>
    </Step>
  );
}

/** What was typed leaves the page with the question. */
function emptied(element: HTMLInputElement | null): () => void {
  return () => {
    if (element !== null) element.value = '';
  };
}
