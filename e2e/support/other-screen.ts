// Another X server than the desk's, as another PC has: Xorg with the dummy driver, whose one monitor has that size, or one
// without RandR. What a person does there goes through its own keyboard.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { startXServer, type XServer } from '../../main/place/x-server';
import type { Desk, Kiosk } from './kiosk';
import { passphrase } from './starting-points';

export interface OtherScreen extends XServer {
  /** The desk's, with this screen. */
  readonly env: Readonly<Record<string, string>>;
}

export async function openScreen(
  desk: Desk,
  about: { readonly width: number; readonly height: number; readonly randr?: boolean },
): Promise<OtherScreen> {
  const { width, height, randr = true } = about;
  const under = join(desk.folder, 'x');
  const started = await startXServer({
    kind: randr ? 'xorg-dummy' : 'xvnc',
    ...{ width, height, randr, under },
  });
  if (!started.ok) throw new Error(`${started.fault.message} ${started.fault.hint ?? ''}`);
  const { display, authority } = started.value;
  return { ...started.value, env: { ...desk.env, DISPLAY: display, XAUTHORITY: authority } };
}

export async function unlockOn(kiosk: Kiosk, { env }: OtherScreen): Promise<void> {
  await kiosk.at('locked');
  execFileSync('xdotool', ['type', '--delay', '15', passphrase], { env });
  execFileSync('xdotool', ['key', 'Return'], { env });
}
