// Answers what the pages ask, one handler a channel of the contract, and pushes views to them. It checks; what an answer
// means is the flow's business.
import { ipcMain, type WebContents } from 'electron';
import { askWire, channelNames, pushWire } from '../../preload/contract/channel-names';
import type { Channel, IpcReply, ReplyFor, RequestFor } from '../../preload/contract/channels';
import type { View } from '../../preload/contract/view';
import { readRequest, refusedSender } from './check';

/** An answerer of a secret owns the Buffer it gets, and wipes it. Bytes in its reply are given away: wiped once sent. */
export type IpcAnswers = {
  readonly [C in Channel]: (request: RequestFor<C>) => ReplyFor<C> | Promise<ReplyFor<C>>;
};

export interface AskingWindow {
  readonly contents: WebContents;
  readonly allowed: readonly Channel[];
}

export const kioskMayAsk: readonly Channel[] = channelNames;
export const barMayAsk: readonly Channel[] = [
  'getView',
  'suspend',
  'shutGuestDown',
  'backToDesktop',
  'hideBar',
  'showControls',
  'keepDisplay',
  'setControls',
];

/** The page that is printed (window/sheet.ts). */
export const sheetMayAsk: readonly Channel[] = ['getView', 'showRecoveryKey'];

/** Before any window loads. The returned function ends it. */
export function serveAsks(about: {
  readonly origin: string;
  /** The windows of this moment. */
  readonly windows: () => readonly AskingWindow[];
  readonly answers: IpcAnswers;
  /** For the log; holds no part of the message. */
  readonly onRefused: (refusal: { readonly channel: Channel; readonly refused: string }) => void;
}): () => void {
  const serve = <C extends Channel>(channel: C): void => {
    ipcMain.handle(askWire(channel), async (event, ...given: unknown[]): Promise<IpcReply<C>> => {
      const asking = about.windows().find(({ contents }) => contents === event.sender);
      const frame = event.senderFrame;
      const sender = {
        allowed: asking?.allowed ?? null,
        mainFrame: frame !== null && frame === event.sender.mainFrame,
        origin: frame?.origin ?? '',
      };
      const read = readRequest(channel, given);
      const refused = refusedSender(channel, sender, about.origin) ?? (read.ok ? null : read.refused);
      if (refused !== null || !read.ok) {
        if (read.ok) wipeBytes(read.request);
        about.onRefused({ channel, refused: refused ?? 'shape' });
        return { ok: false, refused: refused ?? 'shape' };
      }
      const value = await about.answers[channel](read.request);
      // By then it is serialized. Bytes in a reply are secrets to show, or pictures: nobody needs them here any more.
      setImmediate(() => {
        wipeBytes(value);
      });
      return { ok: true, value };
    });
  };
  for (const channel of channelNames) serve(channel);
  return () => {
    for (const channel of channelNames) ipcMain.removeHandler(askWire(channel));
  };
}

/** Bytes, or those in an object: both are secrets, or pictures that nobody needs any more. */
function wipeBytes(held: unknown): void {
  if (held instanceof Uint8Array) held.fill(0);
  else if (typeof held === 'object' && held !== null)
    for (const part of Object.values(held)) if (part instanceof Uint8Array) part.fill(0);
}

/** To the kiosk's page alone, which shows it or drops it. */
export function pushBuildOutput(pages: readonly AskingWindow[], text: string): void {
  for (const { contents } of pages)
    if (!contents.isDestroyed()) contents.send(pushWire('buildOutput'), { text });
}

/** To every page that is there; one that is being loaded asks `getView` by itself. */
export function pushView(windows: readonly AskingWindow[], view: View): void {
  for (const { contents } of windows) if (!contents.isDestroyed()) contents.send(pushWire('view'), view);
}
