// The bar at the top edge, over the guest, in a window of its own that never takes the keyboard: buttons only. Its height
// is 4.5 rem, which main sets; the page takes its rem from the window's height (style/bar.css).
import type { View } from '../../preload/contract/view';
import { ask } from '../ask';
import { Icon, type IconName } from '../parts/icon';
import { Mini } from '../parts/mark';
import { isMoment } from '../text/figures';
import { restOf } from './rest';
import { placeOf, useWords } from './use-words';

function BarButton(props: { icon: IconName; text: string; name?: string; onPress: () => void }) {
  return (
    <button type="button" className="bt" aria-label={props.name} onClick={props.onPress}>
      <Icon name={props.icon} />
      {props.text}
    </button>
  );
}

export function Bar({ view }: { view: View }) {
  const { t, figures } = useWords(view.look);
  const { story } = view;
  const rest = restOf(view, figures);
  if (story.state !== 'live') return null;
  return (
    <main className="over" role="toolbar" aria-label={t('bar.label')}>
      <span className="who">
        <Mini look="awake" />
        <span>
          <bdi>{story.guest.name}</bdi>
          {rest !== null ? (
            <small className="num">{t(`bar.rest.${placeOf(view)}`, { percent: rest })}</small>
          ) : isMoment(story.awakeSince) ? (
            <small className="num">{t('bar.since', { time: figures.time(story.awakeSince) })}</small>
          ) : null}
        </span>
      </span>
      <button type="button" className="bt go" onClick={() => void ask('suspend')}>
        <Icon name="moon" />
        <span>
          {t('live.suspend')}
          <small>{t('live.suspendCost')}</small>
        </span>
      </button>
      <BarButton
        icon="power"
        text={t(story.shuttingDown ? 'live.shutDownAgain' : 'live.shutDown')}
        onPress={() => void ask('shutGuestDown')}
      />
      <span className="sep" aria-hidden="true" />
      <BarButton icon="undo" text={t('bar.back')} onPress={() => void ask('hideBar')} />
    </main>
  );
}
