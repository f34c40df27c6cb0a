// The two checks of every message from a page: who sends it, and what shape it has. Pure. A refusal is a sentence that
// names the check, never the message: that may be a secret.
import type { Channel, RequestFor } from '../../preload/contract/channels';
import { channels } from '../../preload/contract/channels';

export interface Sender {
  /** One of our windows, and which channels it may use; null: not a window of ours. */
  readonly allowed: readonly Channel[] | null;
  /** The frame is the window's own main frame. */
  readonly mainFrame: boolean;
  readonly origin: string;
}

export function refusedSender(channel: Channel, sender: Sender, origin: string): string | null {
  if (sender.allowed === null) return 'sender: not a window of this app';
  if (!sender.mainFrame) return 'sender: not the main frame';
  if (sender.origin !== origin) return 'sender: foreign origin';
  if (!sender.allowed.includes(channel)) return `sender: this window may not ask ${channel}`;
  return null;
}

/** Exactly one argument at most. A secret is copied into a Buffer, and the bytes that came are wiped, also on refusal. */
export function readRequest<C extends Channel>(
  channel: C,
  given: readonly unknown[],
): { ok: true; request: RequestFor<C> } | { ok: false; refused: string } {
  const [request, ...more] = given;
  const read = more.length === 0 ? channels[channel].request.safeParse(request) : null;
  const copy = read?.success === true && read.data instanceof Uint8Array ? Buffer.from(read.data) : null;
  for (const value of given) if (value instanceof Uint8Array) value.fill(0);
  if (read?.success !== true) return { ok: false, refused: `shape: not a request of ${channel}` };
  return { ok: true, request: (copy ?? read.data) as RequestFor<C> };
}
