// What the steps of the first run share: the way ("Step 2 of 5"), the fault beside the step, the question's content, and
// the row with the one button and Back, which stays in its place on every step.
import { type FormEvent, type ReactNode, type RefObject, useRef } from 'react';
import type { SetupStep } from '../../../preload/contract/setup';
import type { Story, View } from '../../../preload/contract/view';
import { ask } from '../../ask';
import { Button } from '../../parts/button';
import { HazardLines, Notice } from '../../parts/notice';
import { Steps } from '../../parts/steps';
import { Frame } from '../frame';
import { useEnter } from '../use-keys';
import { placeOf, useWords } from '../use-words';

type Setup = Extract<Story, { state: 'setup' }>;

const wholeWay: readonly SetupStep[] = ['language', 'passphrase', 'guest', 'recovery', 'building'];
/** Taken up again after the vault was made. */
const restOfTheWay: readonly SetupStep[] = ['guest', 'building'];
const wayBack: readonly SetupStep[] = ['language', 'where', 'moments', 'passphrase', 'building'];
const restOfTheWayBack: readonly SetupStep[] = ['where', 'moments', 'building'];

function wayOf({ vault, restore }: Setup): readonly SetupStep[] {
  if (restore !== null) return vault === 'made' ? restOfTheWayBack : wayBack;
  return vault === 'made' ? restOfTheWay : wholeWay;
}

export interface StepParts {
  readonly view: View;
  readonly story: Setup;
}

interface StepProps extends StepParts {
  readonly title: string;
  readonly safe: 'setup' | 'setupMade' | 'recovery' | 'building' | 'built' | { readonly said: string };
  /** The question within the step: the focus moves when it changes. */
  readonly asks: string;
  /** Where the focus goes; the title without it. */
  readonly first?: RefObject<HTMLElement | null>;
  /** The one button, or the waiting one that says why. */
  readonly act: ReactNode;
  readonly onSubmit?: () => void;
  /** Null: there is nothing behind. Default: the step before. */
  readonly onBack?: (() => void) | null;
  /** Where it is not Back. */
  readonly backLabel?: string;
  readonly switchOff?: () => void;
  /** The standing facts about this PC, where there is room for them. */
  readonly facts?: boolean;
  readonly children: ReactNode;
}

export function Step(props: StepProps) {
  const { view, story, onSubmit } = props;
  const { t, figures, faultOf } = useWords(view.look);
  const way = wayOf(story);
  const at = Math.max(0, way.indexOf(story.step));
  const back = props.onBack === undefined ? (at === 0 ? null : () => void ask('setupBack')) : props.onBack;
  const { fault } = story;
  const form = useRef<HTMLFormElement>(null);
  useEnter(() => form.current?.requestSubmit());
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    onSubmit?.();
  };
  return (
    <Frame
      view={view}
      sky="dawn"
      title={props.title}
      safeLine={typeof props.safe === 'string' ? t(`still.${placeOf(view)}.${props.safe}`) : props.safe.said}
      switchOff={props.switchOff ?? true}
      arrival={`${story.step} ${props.asks} ${fault?.code}`}
      {...(props.first === undefined ? {} : { first: props.first })}
      place={
        <Steps
          steps={way}
          at={at}
          words={t('setup.place', { n: figures.number(at + 1), all: figures.number(way.length) })}
        />
      }
    >
      <form className="step" ref={form} onSubmit={submit} noValidate>
        <div className="asks">
          {fault === null ? null : (
            <div role="alert">
              <Notice
                level="fault"
                title={faultOf(fault.code).title}
                body={`${faultOf(fault.code).happened} ${faultOf(fault.code).advice}`}
              />
            </div>
          )}
          {props.children}
          {props.facts === true && fault === null ? (
            <HazardLines lines={view.hazards.map((hazard) => t(`hazards.${hazard}`))} />
          ) : null}
        </div>
        <div className="row acts">
          {props.act}
          {back === null ? null : (
            <Button kind="second" icon="undo" label={props.backLabel ?? t('setup.back')} onPress={back} />
          )}
        </div>
      </form>
    </Frame>
  );
}
