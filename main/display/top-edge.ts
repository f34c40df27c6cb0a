// Decides from where the pointer is whether the bar comes or goes. The guest has the pointer's events, so its place is
// polled, and only while a guest is shown.
// | bar    | pointer                                       | answer |
// | hidden | rests on the screen's first row for restMs    | show   |
// | shown  | below the bar for leaveMs                     | hide   |
// | pinned | anywhere                                      | none   |

export const edgeTimes = { everyMs: 100, restMs: 400, leaveMs: 1_500 } as const;

export interface EdgeState {
  /** Since when the pointer is where it counts (edge or below), milliseconds; null: it is not. */
  readonly since: number | null;
}

export const edgeStart: EdgeState = { since: null };

export interface EdgeLook {
  readonly at: number;
  /** Rows below the top of the display that the pointer is on. */
  readonly row: number;
  /** Height of the shown bar in rows; null while it is hidden. */
  readonly barHeight: number | null;
  /** It is to stay. */
  readonly pinned: boolean;
}

export function followEdge(
  state: EdgeState,
  look: EdgeLook,
): { state: EdgeState; act: 'show' | 'hide' | null } {
  const shown = look.barHeight !== null;
  const counts = look.barHeight === null ? look.row <= 0 : look.row > look.barHeight;
  if (!counts || (shown && look.pinned)) return { state: edgeStart, act: null };
  const since = state.since ?? look.at;
  const long = look.at - since >= (shown ? edgeTimes.leaveMs : edgeTimes.restMs);
  return long ? { state: edgeStart, act: shown ? 'hide' : 'show' } : { state: { since }, act: null };
}
