// The bar at the top edge, over the guest, in a window of its own that never takes the keyboard: buttons only. Its height
// is 4.5 rem, which main sets; the page takes its rem from the window's height (style/bar.css).
// Over a guest that starts, or when the vault runs full, it is pinned, with a sentence in place of the name: that is what
// the person looks at then.
import { useEffect } from 'react';
import type { Story, View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Icon, type IconName } from '../parts/icon';
import { Mini } from '../parts/mark';
import { isMoment } from '../text/figures';
import { restOf } from './rest';
import { useSay } from './say';
import { placeOf, useWords, type Words } from './use-words';

function BarButton(props: { icon: IconName; text: string; name?: string; onPress: () => void }) {
  return (
    <button type="button" className="bt" aria-label={props.name} onClick={props.onPress}>
      <Icon name={props.icon} />
      {props.text}
    </button>
  );
}

export function Bar({ view }: { view: View }) {
  const words = useWords(view.look);
  const { story } = view;
  const say = useSay();
  const news = story.state === 'live' ? newsOf(view, story, words) : '';
  useEffect(() => say(news), [news, say]);
  return story.state === 'live' ? <Shown view={view} story={story} news={news} /> : null;
}

/** What stands in place of the name: first what the person must act on. */
function newsOf(view: View, story: Extract<Story, { state: 'live' }>, { t, figures }: Words): string {
  if (story.spaceLeft !== null) {
    return t(`bar.low.${placeOf(view)}`, { size: figures.size(story.spaceLeft) });
  }
  return story.starting ? t('bar.starting') : '';
}

function Shown(props: { view: View; story: Extract<Story, { state: 'live' }>; news: string }) {
  const { view, story, news } = props;
  const { t, figures } = useWords(view.look);
  const rest = restOf(view, figures);
  return (
    <main className="over" role="toolbar" aria-label={t('bar.label')}>
      <Mini look="awake" />
      {news !== '' ? (
        <p className="news">{news}</p>
      ) : (
        <span className="who">
          <bdi>{story.guest.name}</bdi>
          {rest !== null ? (
            <small className="num">{t(`bar.rest.${placeOf(view)}`, { percent: rest })}</small>
          ) : isMoment(story.awakeSince) ? (
            <small className="num">{t('bar.since', { time: figures.time(story.awakeSince) })}</small>
          ) : null}
        </span>
      )}
      <button type="button" className="bt go" onClick={() => void ask('suspend')}>
        <Icon name="moon" />
        <span>
          {t('live.suspend')}
          <small>{t('live.suspendCost')}</small>
        </span>
      </button>
      {story.starting ? null : (
        <BarButton
          icon="power"
          text={t(story.shuttingDown ? 'live.shutDownAgain' : 'live.shutDown')}
          onPress={() => void ask('shutGuestDown')}
        />
      )}
      <span className="sep" aria-hidden="true" />
      <BarButton icon="undo" text={t('bar.back')} onPress={() => void ask('hideBar')} />
    </main>
  );
}
