// The bar at the top edge, over the guest, in a window of its own that never takes the keyboard: buttons only. Its height
// is 4.5 rem, which main sets; the page takes its rem from the window's height (style/bar.css).
// News stand in place of the name: a guest that starts, a vault that runs full, the key that brings the bar, and a display
// that was chosen by hand, which is asked about with two buttons of its own.
import { useEffect } from 'react';
import type { Section } from '../../preload/contract/controls';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Icon, type IconName } from '../parts/icon';
import { Mini } from '../parts/mark';
import { isMoment, isolate } from '../text/figures';
import { backupNote } from './controls/backup-note';
import { useTrialLeft } from './controls/trial';
import { sectionIcons } from './live';
import { restOf } from './rest';
import { useSay } from './say';
import { placeOf, useWords, type Words } from './use-words';

type LiveStory = Extract<Story, { state: 'live' }>;

function BarButton(props: {
  icon: IconName;
  text: string;
  kind?: string;
  pressed?: boolean;
  /** A few words below, and how they stand. */
  note?: { readonly words: string; readonly tone: string } | null;
  onPress: () => void;
}) {
  return (
    <button
      type="button"
      className={`bt ${props.kind ?? ''}`}
      {...(props.pressed === undefined ? {} : { 'aria-pressed': props.pressed })}
      onClick={props.onPress}
    >
      <Icon name={props.icon} />
      {props.text}
      {props.note ? <small className={`note ${props.note.tone}`}>{props.note.words}</small> : null}
    </button>
  );
}

export function Bar({ view }: { view: View }) {
  const words = useWords(view.look);
  const { story } = view;
  const say = useSay();
  const news = story.state === 'live' ? newsOf(view, story, words) : '';
  useEffect(() => say(news), [news, say]);
  if (story.state !== 'live') return null;
  return story.trial === null ? (
    <Shown view={view} story={story} news={news} />
  ) : (
    <TrialBar key={JSON.stringify(story.trial)} view={view} />
  );
}

/** What stands in place of the name: first what the person must act on. */
function newsOf(view: View, story: LiveStory, { t, figures, language }: Words): string {
  if (story.spaceLeft !== null) {
    return t(`bar.low.${placeOf(view)}`, { size: figures.size(story.spaceLeft) });
  }
  if (story.batteryLow) return t('bar.batteryLow');
  if (story.starting) return t('bar.starting');
  const { nearby } = view.controls.backup;
  if (nearby !== null) return t('controls.backup.nearby', { name: isolate(nearby, language) });
  return story.hint ? t('controls.hint', { key: isolate(view.controls.settings.hotKey, language) }) : '';
}

/** What leads to a part of the control page, in order; those at the end go first where there is no room. */
const parts = ['display', 'keys', 'pc', 'backup', 'help'] as const satisfies readonly Section[];

function Shown(props: { view: View; story: LiveStory; news: string }) {
  const { view, story, news } = props;
  const words = useWords(view.look);
  const { t } = words;
  const { settings } = view.controls;
  return (
    <main className="over" role="toolbar" aria-label={t('bar.label')}>
      <Mini look="awake" />
      {news !== '' ? <p className="news">{news}</p> : <Who view={view} story={story} />}
      <button type="button" className="bt go" onClick={() => void ask('suspend')}>
        <Icon name="moon" />
        <span>
          {t('live.suspend')}
          <small>{t('live.suspendCost')}</small>
        </span>
      </button>
      {news !== ''
        ? null
        : parts.map((part) => (
            <BarButton
              key={part}
              kind="part"
              icon={sectionIcons[part]}
              text={t(`controls.sections.${part}`)}
              note={part === 'backup' ? backupNote(view.controls.backup, words) : null}
              onPress={() => void ask('showControls', part)}
            />
          ))}
      <BarButton
        kind="more"
        icon="dots"
        text={t('controls.more')}
        onPress={() => void ask('showControls', 'desktop')}
      />
      <span className="sep" aria-hidden="true" />
      {news !== '' ? null : (
        <BarButton
          icon={settings.barPinned ? 'unpin' : 'pin'}
          text={t(settings.barPinned ? 'controls.unpin' : 'controls.pin')}
          pressed={settings.barPinned}
          onPress={() => void ask('setControls', { ...settings, barPinned: !settings.barPinned })}
        />
      )}
      <BarButton icon="undo" text={t('controls.hide')} onPress={() => void ask('hideBar')} />
    </main>
  );
}

/** The guest's name, since when it is awake, and the PC's battery where it has one. */
function Who({ view, story }: { view: View; story: LiveStory }) {
  const { t, figures } = useWords(view.look);
  const rest = restOf(view, figures);
  const { battery } = view.controls.pc;
  const since = isMoment(story.awakeSince) ? t('bar.since', { time: figures.time(story.awakeSince) }) : '';
  const power =
    battery === null ? '' : t('controls.pc.battery', { percent: figures.percent(battery.percent / 100) });
  const line = rest === null ? power || since : t(`bar.rest.${placeOf(view)}`, { percent: rest });
  return (
    <span className="who">
      <bdi>{story.guest.name}</bdi>
      {line === '' ? null : <small className="num">{line}</small>}
    </span>
  );
}

function TrialBar({ view }: { view: View }) {
  const { t } = useWords(view.look);
  const seconds = useTrialLeft(view);
  const say = useSay();
  const title = t('controls.trial.title');
  useEffect(() => say(title), [title, say]);
  return (
    <main className="over" role="toolbar" aria-label={t('bar.label')}>
      <Mini look="awake" />
      <p className="news num">{t('controls.trial.ask', { seconds })}</p>
      <BarButton
        kind="go"
        icon="check"
        text={t('controls.trial.keep')}
        onPress={() => void ask('keepDisplay', true)}
      />
      <BarButton icon="undo" text={t('controls.trial.back')} onPress={() => void ask('keepDisplay', false)} />
    </main>
  );
}
