// Electron's main: the composition root, imported by nobody. It fits the organs together and lets the flow decide.
// Order: refuse what would open the app to others, harden Electron, one instance, window manager, windows, story.
// What was acquired is released in reverse, in `end`, also after a failure.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { app, powerMonitor } from 'electron';
import { version } from '../package.json';
import { exitCodes, type Fault } from '../preload/contract/fault';
import type { Hazard, View } from '../preload/contract/view';
import { answersOf } from './answers';
import { openAppearance } from './appearance';
import { controlDesk } from './controls';
import { type Display, openDisplay, ownX, prepareDisplay } from './display/display';
import { makeProcessFolder } from './files/own-folder';
import type { State } from './flow/state';
import { toView } from './flow/to-view';
import { keyPaths, pathsOf } from './given-paths';
import { probeKvm } from './guest/qemu';
import { witnessMachine } from './guest/witness';
import { readElectronNote } from './host/electron-note';
import { checkTrace } from './host/trace';
import {
  type AskingWindow,
  barMayAsk,
  kioskMayAsk,
  pushBuildOutput,
  pushView,
  serveAsks,
  sheetMayAsk,
} from './ipc/ipc';
import { type Power, readPower } from './keeper/battery';
import { keyboardsOf } from './keyboard/keyboard';
import { backupDesk } from './perform/backups';
import { batteryWatch } from './perform/battery-watch';
import { chooseFile, chooseFolder } from './perform/choose-file';
import { chosenVault } from './perform/chosen-vault';
import { freshPage } from './perform/fresh-page';
import { guestsOf } from './perform/guests';
import { idleWatch } from './perform/idle-watch';
import { keyPullWatch } from './perform/key-pulled';
import { keyWatch, pluggedNow } from './perform/key-watch';
import { newGuestsOf, pcFactsOf } from './perform/new-guests';
import { paperBox } from './perform/paper-box';
import { paperWay } from './perform/paper-way';
import type { RunningGuest } from './perform/parts';
import { performer } from './perform/performer';
import { screenOf } from './perform/screen';
import { secretBox } from './perform/secret-box';
import { setupSecrets } from './perform/setup-secrets';
import { stickDesk } from './perform/stick-desk';
import { momentPicture } from './perform/timeline';
import { wakingOf } from './perform/waking';
import { editBox } from './perform/ways';
import { toldPlace } from './place/place';
import { preferencesFolder } from './preferences/preferences';
import { refuseCoreDumps } from './process/core-limit';
import { environmentAtStart, refusalToStart, refusedStatus } from './process/guards';
import { openReader } from './reader/reader';
import { saveSheet } from './save-sheet';
import { findStickImage } from './stick/image-place';
import { type Story, tellStory } from './story';
import { findKeys, isPlugged } from './vault/key-usb/sources';
import { defaultHome, vaults } from './vault/open-vaults';
import { runtimeRoot } from './vault/places';
import { readSettings } from './vault/settings';
import { surveyVaults } from './vault/survey';
import type { OpenVault } from './vault/vault';
import { surveyStick, vaultsOnStick } from './vault/vaults-on-stick';
import { sheetPrinter } from './window/sheet';
import { appOrigin, type Gone, hardenApp, openBarWindow, openKioskWindow, servePages } from './window/window';

function say(line: string): void {
  process.stderr.write(`soulpad: ${line}\n`);
}

function sayFault(fault: Fault): void {
  say(fault.hint === undefined ? fault.message : `${fault.message}: ${fault.hint}`);
}

function sayBug(error: unknown): void {
  say(error instanceof Error ? (error.stack ?? error.message) : String(error));
}

function giveUp(error: unknown): void {
  sayBug(error);
  app.exit(exitCodes.bug);
}

/** No exit status of sysexits: launch takes it for a crash and starts us again. */
const crashedStatus = 1;

function now(): string {
  return new Date().toISOString();
}

async function main(): Promise<void> {
  const given = process.argv.slice(1);
  const environment = { ...environmentAtStart(), ...process.env };
  const refusal = refusalToStart({ packaged: app.isPackaged, arguments: given, environment });
  if (refusal !== null) {
    say(refusal);
    return app.exit(refusedStatus);
  }
  // Chromium would end without a word.
  if (!process.env.DISPLAY) {
    say('there is no X display to draw on: start it with launch, which makes one');
    return app.exit(exitCodes.displayLacks);
  }
  process.umask(0o077);
  // Ours alone, and gone with us.
  const made = makeProcessFolder({ root: runtimeRoot(), name: 'kiosk', stage: 'kiosk.start' });
  if (!made.ok) {
    sayFault(made.fault);
    return app.exit(exitCodes[made.fault.code]);
  }
  const folder = made.value;
  app.once('quit', () => rmSync(folder, { recursive: true, force: true }));
  hardenApp({ app, folder, gpu: toldPlace(process.env) === 'stick' });
  // Closing a window never ends the program: only the story does.
  app.on('window-all-closed', () => {});
  const x = ownX(process.env);
  // Beside Electron's own start and the page's: each takes as long as the other.
  const managing = prepareDisplay({ x, folder, onLack: sayFault });
  const home = defaultHome();
  let publish = (): void => {};
  const reader = openReader({
    ...{ x, folder, environment: process.env },
    onChange: () => publish(),
    onLack: sayFault,
  });
  const [appearance] = await Promise.all([
    openAppearance({
      keyboards: keyboardsOf(x),
      folder: preferencesFolder(home),
      environment: process.env,
      onChange: () => {
        publish();
        reader.want(appearance.look());
      },
      onLack: sayFault,
    }),
    app.whenReady(),
  ]);
  reader.want(appearance.look());
  // launch has done it before us; who starts Electron by hand has not.
  const limited = await refuseCoreDumps('kiosk.start');
  if (!limited.ok) {
    sayFault(limited.fault);
    return app.exit(exitCodes[limited.fault.code]);
  }

  const electron = readElectronNote();
  const secrets = secretBox();
  const setup = setupSecrets({
    onForgotten: () => {
      const message = 'set-up stood still for half an hour';
      story?.send({ is: 'secretsForgotten', fault: { code: 'secretForgotten', stage: 'setup', message } });
    },
  });
  const paper = paperBox({
    onForgotten: () => {
      const message = 'the way to the backup stood still for half an hour';
      story?.send({ is: 'secretsForgotten', fault: { code: 'secretForgotten', stage: 'setup', message } });
    },
  });
  const byPaper = paperWay({ paper, runtimeRoot: runtimeRoot() });
  const edits = editBox();
  const newRecovery = setupSecrets({ onForgotten: () => void story?.send({ is: 'waysLeft' }) });
  const hazards = new Set<Hazard>();
  if (app.commandLine.hasSwitch('no-sandbox')) hazards.add('noSandbox');
  let story: Story<OpenVault, RunningGuest> | null = null;
  let display: Display | null = null;

  const root = app.getAppPath();
  servePages(join(root, 'out/app'));
  const preload = join(root, 'out/preload/bridge.cjs');
  let ending: Promise<void> | null = null;
  const onGone = (gone: Gone): void => {
    say(`a window ${gone.reloaded ? 'was made anew' : 'is gone'}: ${JSON.stringify(gone)}`);
    // It dies at every start: nobody is left before a dead window. launch starts us anew, the guest goes on meanwhile.
    const dead =
      gone.window === 'kiosk' &&
      !gone.reloaded &&
      gone.reason !== 'unresponsive' &&
      gone.reason !== 'clean-exit';
    if (dead && ending === null) app.exit(crashedStatus);
  };
  const kiosk = openKioskWindow({ preload, onGone, mayShow: managing });
  const bar = openBarWindow({ preload, onGone, zoom: () => appearance.look().zoom });
  const sheet = sheetPrinter({ preload });
  const pages = (): AskingWindow[] =>
    kiosk.contents().map((contents) => ({ contents, allowed: kioskMayAsk }));
  const windows = (): AskingWindow[] => {
    const contents = bar.contents();
    const printed = sheet.contents().map((each) => ({ contents: each, allowed: sheetMayAsk }));
    const beside = contents === null ? [] : [{ contents, allowed: barMayAsk }];
    return [...pages(), ...beside, ...printed];
  };
  const fresh = freshPage(() => kiosk.renew());
  const seconds = (): number => performance.now() / 1000;
  const onStick = toldPlace(process.env) === 'stick';
  const chosen = chosenVault({
    place: home,
    survey: () => (onStick ? surveyStick(home) : surveyVaults({ place: home, vaults: vaults() })),
    memory: appearance,
  });
  const keyUsb = keyWatch({
    plugged: () => pluggedNow(keyPaths(given)),
    opens: async () => {
      const facts = await vaults().status(chosen.home());
      if (!facts.ok || !facts.value.keyslots.some(({ kind }) => kind === 'keyUsb')) return false;
      const found = await findKeys(keyPaths(given));
      if (!found.ok) return false;
      for (const { secret } of found.value) secret.bytes.fill(0);
      return found.value.some(({ secret }) => secret.kind === 'keyUsb');
    },
    onKey: () => void story?.send({ is: 'unlockAsked', by: 'keyUsb' }),
  });
  const keyPull = keyPullWatch({
    isPlugged,
    settings: readSettings,
    onPulled: () => void story?.send({ is: 'keyPulled' }),
  });
  const idle = idleWatch({
    idleSeconds: () => powerMonitor.getSystemIdleTime(),
    settings: readSettings,
    onIdle: (act) => void story?.send({ is: 'idled', act }),
    seconds,
  });
  const power = (): Promise<Power> => readPower(pathsOf('--batteries', given)[0]);
  const battery = batteryWatch({
    power,
    tell: (is) => story?.send({ is: 'battery', now: is }) ?? false,
    seconds,
  });

  const backups = backupDesk({
    isEmpty: async () => {
      const fed = await power();
      return fed.from === 'battery' && fed.empty;
    },
    onChanged: () => publish(),
    onNearby: () => void story?.send({ is: 'backupNearby' }),
    now,
  });
  const controls = controlDesk({ onChanged: () => publish(), backup: backups.told });

  const view = (): View =>
    toView(story?.state() ?? ({ at: 'starting' } satisfies State<OpenVault, RunningGuest>), {
      place: toldPlace(process.env) ?? 'desk',
      home,
      version,
      testBuild: electron.source !== 'official',
      look: appearance.look(),
      keyboard: appearance.layout(),
      remembered: appearance.remembered(),
      reader: reader.state(),
      hazards: [...hazards],
      controls: controls.told(),
    });
  publish = (): void => {
    const state = story?.state();
    if (state?.at === 'showing') bar.prepare();
    controls.watch(state?.at === 'live' && display?.controlsAreSeen() === true);
    display?.setControls(controls.told().settings);
    pushView(windows(), view());
    if (state === undefined) return;
    fresh.follow(state);
    idle.follow(state);
    battery.follow(state);
    keyUsb.follow(state);
    // What the vault's owner chose for a pulled key USB holds behind that page too.
    keyPull.follow(state.at === 'sticks' ? state.from : state);
  };
  const seat = screenOf({
    display: () => {
      if (display === null) throw new Error('the display is opened before the story begins');
      return display;
    },
    mayShow: fresh.settled,
  });

  const letGo = async (): Promise<void> => {
    idle.end();
    battery.end();
    keyUsb.end();
    keyPull.end();
    await display?.end();
    kiosk.end();
    bar.end();
    const manager = await managing;
    if (manager.ok) await manager.value.end();
    await reader.end();
    app.exit(0);
  };
  /** Once, however often it is asked for: by the story, by signals. */
  const end = (): void => {
    ending ??= letGo().catch(giveUp);
  };
  const guests = guestsOf();
  const sticks = stickDesk({
    image: () => pathsOf('--image', given)[0] ?? findStickImage(),
    files: pathsOf('--disk', given),
  });
  const perform = performer(
    {
      chosen,
      vaults: onStick ? vaultsOnStick() : vaults(),
      guests,
      newGuests: newGuestsOf({
        ...{ home, now, language: () => appearance.look().language },
        chooseFile: (kind) => chooseFile(kiosk.window, kind),
      }),
      setup,
      edits,
      newRecovery,
      sticks,
      ...{ paper, paperWay: byPaper },
      freeBytes: async () => (await pcFactsOf(home)).freeDiskBytes,
      chooseFolder: () => chooseFolder(kiosk.window),
      onBuildOutput: (text) => pushBuildOutput(pages(), text),
      waking: wakingOf(),
      keys: { find: () => findKeys(keyPaths(given)), used: keyPull.opened },
      screen: seat.screen,
      controls,
      backups,
      secrets,
      checkTrace: async () => (onStick ? checkTrace() : null),
      end,
      seconds,
      now,
    },
    (event) => void story?.send(event),
  );
  const told = tellStory<OpenVault, RunningGuest>({ perform, publish, onBug: sayBug });
  story = told;
  serveAsks({
    origin: appOrigin,
    windows,
    onRefused: ({ channel, refused }) => say(`refused ${channel}: ${refused}`),
    answers: answersOf({
      ...{ edits, newRecovery, paper, sticks, backupPicture: byPaper.picture },
      saveSheet: () => saveSheet({ folder: () => chooseFolder(kiosk.window), print: sheet.print, now }),
      send: told.send,
      view,
      secrets,
      setup,
      now,
      setControls: (settings) => {
        if (!('awake' in told.state())) return false;
        void controls.set(settings);
        return true;
      },
      setVolume: controls.setVolume,
      backup: backups.act,
      drillPicture: backups.picture,
      picture: async (id) => {
        const state = told.state();
        if (state.at === 'choosing' || state.at === 'waking') return guests.picture(state.inside.vault, id);
        return state.at === 'showing' ? guests.picture(state.awake.vault, id) : null;
      },
      momentPicture: async (number) => {
        const state = told.state();
        if (state.at !== 'timeline') return null;
        return momentPicture({ vault: state.inside.vault, id: state.card.id, number });
      },
      appearance,
    }),
  });
  display = openDisplay({
    x,
    folder,
    kiosk,
    bar,
    maySetModes: toldPlace(process.env) !== 'desk',
    listeners: {
      onHotKey: () => void told.send({ is: 'hotKey' }),
      onTopEdge: () => void told.send({ is: 'edge' }),
      onViewerDied: seat.onViewerDied,
      onScreensChanged: () => void told.send({ is: 'screensChanged' }),
      onLack: sayFault,
    },
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, end);

  const manager = await managing;
  if (!manager.ok) {
    sayFault(manager.fault);
    return app.exit(exitCodes[manager.fault.code]);
  }
  await kiosk.shown;
  // launch and benches wait for this line.
  process.stdout.write('soulpad: first screen\n');
  told.send({ is: 'started' });
  if ((await probeKvm(witnessMachine)) !== 'usable') {
    hazards.add('softwareEmulation');
    publish();
  }
}

main().catch(giveUp);
