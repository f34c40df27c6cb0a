// Hardens all of Electron, not only the windows that we know: every session and every web contents that ever comes up
// gets these rules. Nothing here may be loosened for tests. https://www.electronjs.org/docs/latest/tutorial/security
import { type App, Menu, protocol, type Session, type WebContents } from 'electron';
import { isSwallowed } from './keys';
import { appOrigin, appScheme } from './page-files';

/** No network, no services of Chromium's own, one pixel is one pixel (the page scales by its rem). */
const switches: readonly (readonly [string, string?])[] = [
  ['disable-background-networking'],
  ['disable-component-update'],
  ['disable-domain-reliability'],
  ['disable-breakpad'],
  ['no-pings'],
  ['dns-prefetch-disable'],
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['force-webrtc-ip-handling-policy', 'disable_non_proxied_udp'],
  ['password-store', 'basic'],
  ['ozone-platform', 'x11'],
  ['force-device-scale-factor', '1'],
  ['disable-pinch'],
  // Chromium's own complaints (no bus, no GPU) say nothing to the person; only its fatal ones are printed.
  ['log-level', '3'],
  [
    'disable-features',
    'MediaRouter,OptimizationHints,SpareRendererForSitePerProcess,AutofillServerCommunication',
  ],
];

/** Before Electron is ready. */
export function hardenApp(about: {
  readonly app: App;
  /** Ours, 0700, not kept: what Chromium writes goes there. */
  readonly folder: string;
  /** False where the X server is our own (desk, virtual): it has no GPU, and trying costs half a second. */
  readonly gpu: boolean;
}): void {
  const { app, folder } = about;
  if (!about.gpu) app.disableHardwareAcceleration();
  for (const [name, value] of switches) app.commandLine.appendSwitch(name, value);
  app.setPath('userData', folder);
  app.setPath('sessionData', folder);
  app.setPath('crashDumps', folder);
  // It would override the switch, and then no child process starts where there is no sandbox to have.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  Menu.setApplicationMenu(null);
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: false } },
  ]);
  app.on('session-created', hardenSession);
  app.on('web-contents-created', (_event, contents) => hardenContents(contents));
  app.on('certificate-error', (event, _contents, _url, _error, _certificate, decide) => {
    event.preventDefault();
    decide(false);
  });
  app.on('select-client-certificate', (event) => event.preventDefault());
  app.on('login', (event) => event.preventDefault());
}

function hardenSession(session: Session): void {
  session.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setCertificateVerifyProc((_request, decide) => decide(-2));
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest((request, decide) => {
    decide({ cancel: !request.url.startsWith(`${appOrigin}/`) });
  });
  session.enableNetworkEmulation({ offline: true });
  // A proxy that nobody listens on (RFC 863's discard port), for what might get past the rules above.
  void session.setProxy({
    mode: 'fixed_servers',
    proxyRules: 'http://127.0.0.1:9',
    proxyBypassRules: '<-loopback>',
  });
}

function hardenContents(contents: WebContents): void {
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  contents.setIgnoreMenuShortcuts(true);
  contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-frame-navigate', (event) => event.preventDefault());
  contents.on('will-redirect', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.on('before-input-event', (event, input) => {
    if (isSwallowed(input)) event.preventDefault();
  });
  contents.on('did-finish-load', () => void contents.setVisualZoomLevelLimits(1, 1));
}
