// The system's own file dialog, over the kiosk's window and modal to it. Only main opens it, so that no path ever comes
// from a page. Its words are the system's; the filters are the endings themselves, which need no language.
import { existsSync } from 'node:fs';
import { app, type BaseWindow, dialog } from 'electron';

const endings = {
  image: ['qcow2', 'img', 'raw', 'vmdk', 'vdi', 'vhd', 'vhdx'],
  iso: ['iso'],
} as const;

/** Null: closed without a choice, or the window is gone. */
export async function chooseFile(window: BaseWindow, kind: 'image' | 'iso'): Promise<string | null> {
  if (window.isDestroyed()) return null;
  const extensions = [...endings[kind]];
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    defaultPath: whereFilesLie(),
    properties: ['openFile', 'dontAddToRecent'],
    filters: [
      { name: extensions.map((ending) => `.${ending}`).join(' '), extensions },
      { name: '*', extensions: ['*'] },
    ],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** A folder on the disk that the person picks. Null: closed without a choice, or the window is gone. */
export async function chooseFolder(window: BaseWindow): Promise<string | null> {
  if (window.isDestroyed()) return null;
  const { canceled, filePaths } = await dialog.showOpenDialog(window, {
    defaultPath: existsSync('/media') ? '/media' : app.getPath('home'),
    properties: ['openDirectory', 'dontAddToRecent'],
  });
  return canceled ? null : (filePaths[0] ?? null);
}

/** Where a browser leaves what it fetched; else the home folder. The dialog would begin at an empty list of recent files. */
function whereFilesLie(): string {
  const downloads = app.getPath('downloads');
  return existsSync(downloads) ? downloads : app.getPath('home');
}
