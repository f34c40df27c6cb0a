// window.kiosk, the only thing the page can reach: one function a channel, built from the contract's names in a loop.
// Runs in the sandboxed preload. It must never hand out ipcRenderer, an event or a channel that is not in the contract.
import { contextBridge, type IpcRendererEvent, ipcRenderer } from 'electron';
import { askWire, channelNames, pushNames, pushWire } from './contract/channel-names';

function ask(wire: string, request: unknown): Promise<unknown> {
  const reply = ipcRenderer.invoke(wire, request);
  // invoke has serialized the request by now: what is left here of a secret goes.
  if (request instanceof Uint8Array) request.fill(0);
  return reply;
}

function hear(wire: string, listener: (pushed: unknown) => void): () => void {
  const heard = (_event: IpcRendererEvent, pushed: unknown): void => listener(pushed);
  ipcRenderer.on(wire, heard);
  return () => void ipcRenderer.off(wire, heard);
}

const asks = channelNames.map((name) => [name, (request?: unknown) => ask(askWire(name), request)] as const);
const pushes = pushNames.map((name) => {
  const onName = `on${name.charAt(0).toUpperCase()}${name.slice(1)}`;
  return [onName, (listener: (pushed: unknown) => void) => hear(pushWire(name), listener)] as const;
});

contextBridge.exposeInMainWorld('kiosk', Object.fromEntries([...asks, ...pushes]));
