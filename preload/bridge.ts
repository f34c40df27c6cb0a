// window.kiosk, the only thing the page can reach: one function a channel, built from the contract's names in a loop.
// Runs in the sandboxed preload. It must never hand out ipcRenderer, an event or a channel that is not in the contract.
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { askWire, channelNames, viewWire } from './contract/channel-names';
import type { Kiosk } from './contract/channels';

function ask(wire: string, request: unknown): Promise<unknown> {
  const reply = ipcRenderer.invoke(wire, request);
  // invoke has serialized the request by now: what is left here of a secret goes.
  if (request instanceof Uint8Array) request.fill(0);
  return reply;
}

const onView: Kiosk['onView'] = (listener) => {
  const heard = (_event: IpcRendererEvent, view: Parameters<typeof listener>[0]): void => listener(view);
  ipcRenderer.on(viewWire, heard);
  return () => void ipcRenderer.off(viewWire, heard);
};

const asks = channelNames.map((name) => [name, (request?: unknown) => ask(askWire(name), request)] as const);

contextBridge.exposeInMainWorld('kiosk', { ...Object.fromEntries(asks), onView });
