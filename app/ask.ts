// The only user of window.kiosk: what the renderer may ask is the contract's channel list and nothing else. The bridge
// gives one function a channel, `window.kiosk.unlock(bytes)`, and `onView` for main's pushes.
import type { Channel, IpcReply, Kiosk } from '../preload/contract/channels';
import type { BuildOutput } from '../preload/contract/setup';
import type { View } from '../preload/contract/view';
import type { WayEdit } from '../preload/contract/ways';

declare global {
  interface Window {
    readonly kiosk: Kiosk;
  }
}

type Call<C extends Channel> = (...request: Parameters<Kiosk[C]>) => Promise<IpcReply<C>>;

/** A refusal is a reply too: it names the check that failed, and is written to the console for helpers. */
export async function ask<C extends Channel>(
  channel: C,
  ...request: Parameters<Kiosk[C]>
): Promise<IpcReply<C>> {
  // The compiler cannot see that a generic channel's function takes that channel's request.
  const call = window.kiosk[channel] as Call<C>;
  const reply = await call(...request);
  if (!reply.ok) console.warn(`${channel} was refused: ${reply.refused}`);
  return reply;
}

/** Hands secret bytes over and wipes them afterwards, whatever the answer is. */
export async function askWithBytes<
  C extends 'unlock' | 'choosePassphrase' | 'confirmRecoveryKey' | 'nameBackup' | 'openBackup',
>(channel: C, bytes: Uint8Array): Promise<IpcReply<C>> {
  // As in `ask`: these channels take bytes and nothing else.
  const call = window.kiosk[channel] as (request: Uint8Array) => Promise<IpcReply<C>>;
  try {
    const reply = await call(bytes);
    if (!reply.ok) console.warn(`${channel} was refused: ${reply.refused}`);
    return reply;
  } finally {
    bytes.fill(0);
  }
}

/**
 * Hands a typed secret over as UTF-8 bytes (NFC, so that the same words give the same key on every keyboard) and wipes
 * the bytes afterwards. The caller keeps the secret in its input element only.
 */
export async function askWithSecret<C extends 'unlock' | 'choosePassphrase' | 'nameBackup' | 'openBackup'>(
  channel: C,
  input: HTMLInputElement,
): Promise<IpcReply<C>> {
  return askWithBytes(channel, new TextEncoder().encode(input.value.normalize('NFC')));
}

/** The same for an edit of a vault's ways in: what opens it now, and what shall. */
export async function editWay(
  edit:
    | Pick<WayEdit & { act: 'add' }, 'act' | 'kind'>
    | Pick<WayEdit & { act: 'change' | 'remove' }, 'act' | 'id'>,
  fields: { readonly now: HTMLInputElement; readonly given: HTMLInputElement | null },
): Promise<void> {
  const bytesOf = (field: HTMLInputElement | null): Uint8Array<ArrayBuffer> =>
    new TextEncoder().encode(field?.value.normalize('NFC') ?? '');
  const secrets = { now: bytesOf(fields.now), given: bytesOf(fields.given) };
  try {
    if (edit.act === 'add') await ask('editWay', { act: 'add', kind: edit.kind, ...secrets });
    else if (edit.act === 'change') await ask('editWay', { act: 'change', id: edit.id, ...secrets });
    else await ask('editWay', { act: 'remove', id: edit.id, now: secrets.now });
  } finally {
    secrets.now.fill(0);
    secrets.given.fill(0);
  }
}

export function onView(listener: (view: View) => void): () => void {
  return window.kiosk.onView(listener);
}

/** Lines of the building script's own output, as they come; until the returned function is called. */
export function onBuildOutput(listener: (output: BuildOutput) => void): () => void {
  return window.kiosk.onBuildOutput(listener);
}
