// The least that a packaged Electron can show, as the archive that our Electron takes for its app: one window with one
// word. The format is Chromium's pickle of a JSON header before the files (github.com/electron/asar, "Format").

const source = `const { app, BrowserWindow } = require('electron');
app.whenReady().then(() => {
  const window = new BrowserWindow({ kiosk: true, show: false, autoHideMenuBar: true });
  window.once('ready-to-show', () => window.show());
  window.loadURL('data:text/html,<h1 style="font:80px sans-serif">Hello</h1>');
});`;

/** An app.asar. */
export function helloArchive(): Buffer {
  const files = {
    'package.json': JSON.stringify({ name: 'hello', version: '1.0.0', main: 'main.js' }),
    'main.js': source,
  };
  let offset = 0;
  const entries = Object.entries(files).map(([name, text]) => {
    const entry = { size: Buffer.byteLength(text), offset: String(offset) };
    offset += entry.size;
    return [name, entry] as const;
  });
  const header = Buffer.from(JSON.stringify({ files: Object.fromEntries(entries) }));
  const padded = Math.ceil(header.length / 4) * 4;
  const sizes = Buffer.alloc(16);
  for (const [index, value] of [4, padded + 8, padded + 4, header.length].entries())
    sizes.writeUInt32LE(value, index * 4);
  const gap = Buffer.alloc(padded - header.length);
  return Buffer.concat([sizes, header, gap, Buffer.from(Object.values(files).join(''))]);
}
