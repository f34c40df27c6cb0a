// What the pages of a vault's ways in share: what is being done, and the line that says what was done, or why not.
import type { Story, View } from '../../../preload/contract/view';
import type { WayKind } from '../../../preload/contract/ways';
import { Notice } from '../../parts/notice';
import { useWords } from '../use-words';

export type AtWays = Extract<Story, { state: 'ways' }>;

/** What the person is about to do. */
export type Doing =
  | { readonly is: 'list' }
  | { readonly is: 'adding' }
  | { readonly is: 'locking' }
  | { readonly is: 'add'; readonly kind: WayKind }
  | { readonly is: 'change'; readonly id: number }
  | { readonly is: 'remove'; readonly id: number };

/** What was done, or why not. */
export function Told({ view, story }: { view: View; story: AtWays }) {
  const { t, faultOf } = useWords(view.look);
  const { done, fault } = story;
  if (fault !== null) {
    const said = faultOf(fault.code);
    return (
      <div role="alert">
        <Notice level="fault" title={said.title} body={said.advice} />
      </div>
    );
  }
  return done === null ? null : (
    <div role="status">
      <Notice level="good" icon="check" title={t(`ways.done.${done}`)} />
    </div>
  );
}
