// What all screens share: the page with its sky, the tools in it, the mark, the standing facts about this PC. A screen
// gives the sentence on the line, the safe line and its own content.
import { type ReactNode, type RefObject, useEffect } from 'react';
import type { View } from '../../preload/contract/view';
import { Mini } from '../parts/mark';
import { HazardLines } from '../parts/notice';
import { Page, type SkyName } from '../parts/page';
import { markOf } from './mark-of';
import { Tools } from './tools';
import { useWords } from './use-words';

export interface FrameParts {
  readonly view: View;
  readonly sky: SkyName;
  readonly title: string;
  readonly safeLine: string;
  /** True: the tool is there. A function: it asks first. */
  readonly switchOff: boolean | (() => void);
  readonly place?: ReactNode;
  /** Show the standing facts about this PC: on the screens where nothing is under way. */
  readonly facts?: boolean;
  /** More than the story's state where a screen asks a second question. */
  readonly arrival?: string;
  readonly first?: RefObject<HTMLElement | null>;
  readonly floor?: ReactNode;
  readonly children?: ReactNode;
}

export function Frame(props: FrameParts) {
  const { view, title } = props;
  const { t } = useWords(view.look);
  const mark = markOf(view.story);
  useEffect(() => {
    document.title = `${title} · SoulPad`;
  }, [title]);
  const top = (
    <>
      <Mini look={mark.look} />
      <b className="brand" lang="en">
        <bdi>SoulPad</bdi>
      </b>
      {view.testBuild ? <span className="test-build">{t('testBuild')}</span> : null}
      <span className="gap" />
      <Tools view={view} switchOff={props.switchOff} />
    </>
  );
  return (
    <Page
      sky={props.sky}
      title={title}
      top={top}
      mark={mark}
      markLabel={t(`mark.${mark.look}`)}
      safeLine={props.safeLine}
      arrival={props.arrival ?? view.story.state}
      place={props.place}
      {...(props.first === undefined ? {} : { first: props.first })}
      {...(props.floor === undefined ? {} : { floor: props.floor })}
    >
      {props.children}
      {props.facts === true ? (
        <HazardLines lines={view.hazards.map((hazard) => t(`hazards.${hazard}`))} />
      ) : null}
    </Page>
  );
}
