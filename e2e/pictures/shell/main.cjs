// The smallest Electron main that shows the built renderer, for pictures only: no bridge, no story, no vault.
// The fake bridge is put in by the pictures' script (fake-kiosk.ts).
const { app, BrowserWindow } = require('electron');
const { join } = require('node:path');

app.whenReady().then(async () => {
  const window = new BrowserWindow({ width: 1024, height: 768, useContentSize: true, frame: false });
  await window.loadFile(join(__dirname, '../../../out/app/index.html'), {
    hash: process.env.SOULPAD_PAGE ?? '',
  });
});
app.on('window-all-closed', () => app.quit());
