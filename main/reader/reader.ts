// The screen reader: Orca on the kiosk's own accessibility bus, speaking through a speech-dispatcher of ours. Switched by
// the person from the first screen on. It must never hold up a screen: that it cannot be had is said, and all goes on.
// Orca gets the keys as every reader does, so it is ours, dies with us, keeps no settings and writes no log; what a
// password field holds it is never given (app/parts/secret-field.tsx).
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import type { Language } from '../../preload/contract/view';
import { type XAddress, xEnvironment } from '../display/x-windows';
import { endChild, startBound } from '../process/bound';
import { findProgram } from '../process/program-search';
import type { Child } from '../process/run';

const stage = 'reader';

export interface Reader {
  /** `absent`: this PC has none, or we were not given a bus. */
  state(): 'absent' | 'off' | 'on';
  /** Starts or ends it, and speaks that language from the next start on. */
  want(wanted: { readonly aloud: boolean; readonly language: Language }): void;
  end(): Promise<void>;
}

interface Speaking {
  readonly language: Language;
  /** In the order they were started. */
  readonly children: readonly Child[];
}

export function openReader(about: {
  readonly x: XAddress;
  /** Ours, 0700, gone with us. */
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly onChange: () => void;
  readonly onLack: (fault: Fault) => void;
}): Reader {
  const { environment, onChange, onLack } = about;
  const bus = environment.DBUS_SESSION_BUS_ADDRESS;
  const possible =
    bus !== undefined && environment.ACCESSIBILITY_ENABLED === '1' && findProgram('orca') !== null;
  const folder = join(about.folder, 'reader');
  let speaking: Speaking | null = null;
  let changing: Promise<void> = Promise.resolve();

  const stop = async (): Promise<void> => {
    const children = speaking?.children ?? [];
    speaking = null;
    for (const child of children.toReversed()) await endChild(child);
    rmSync(folder, { recursive: true, force: true });
  };

  const start = (language: Language): void => {
    const settings = join(folder, 'orca');
    mkdirSync(settings, { recursive: true, mode: 0o700 });
    writeFileSync(join(settings, 'user-settings.conf'), orcaSettings(language), { mode: 0o600 });
    const children: Child[] = [];
    // Somebody's own speech server, as speech-dispatcher's clients know it; else one of ours.
    let address = environment.SPEECHD_ADDRESS;
    if (address === undefined) {
      const socket = join(folder, 'speech');
      const server = startBound({
        program: 'speech-dispatcher',
        packageName: 'speech-dispatcher',
        stage,
        args: [
          '--run-single',
          '-c',
          'unix_socket',
          '-S',
          socket,
          '-P',
          join(folder, 'pid'),
          '-L',
          folder,
          '-l',
          '1',
        ],
        env: soundOf(environment),
      });
      if (!server.ok) {
        onLack(server.fault);
        return;
      }
      children.push(server.value);
      address = `unix_socket:${socket}`;
    }
    const orca = startBound({
      program: 'orca',
      packageName: 'orca',
      stage,
      args: ['--user-prefs', settings, '--disable', 'braille'],
      env: {
        ...xEnvironment(about.x),
        ...{ DBUS_SESSION_BUS_ADDRESS: bus ?? '', GSETTINGS_BACKEND: 'memory', SPEECHD_ADDRESS: address },
        // No cache of compiled programs, no settings of GTK's: nothing is left where it ran.
        ...{
          PYTHONDONTWRITEBYTECODE: '1',
          XDG_CACHE_HOME: folder,
          XDG_CONFIG_HOME: folder,
          XDG_DATA_HOME: folder,
        },
      },
    });
    if (!orca.ok) {
      speaking = { language, children };
      void stop();
      onLack(orca.fault);
      return;
    }
    children.push(orca.value);
    const now: Speaking = { language, children };
    speaking = now;
    void orca.value.ended.then(({ status }) => {
      if (speaking !== now) return;
      onLack({ code: 'io', stage, message: `the screen reader ended with status ${status ?? 'none'}` });
      changing = changing.then(stop).then(onChange);
    });
  };

  return {
    state: () => (possible ? (speaking === null ? 'off' : 'on') : 'absent'),
    want: ({ aloud, language }) => {
      if (!possible) return;
      changing = changing.then(async () => {
        if (aloud ? speaking?.language === language : speaking === null) return;
        await stop();
        if (aloud) start(language);
        onChange();
      });
    },
    end: async () => {
      await changing;
      await stop();
    },
  };
}

/** Where sound goes: a user's own server, by its variables. */
function soundOf(environment: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(
    ['PULSE_SERVER', 'PULSE_RUNTIME_PATH', 'PIPEWIRE_RUNTIME_DIR'].flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/**
 * Orca's own format (its settings.py): the voice in the person's language; no key echo, since a secret is typed here; and
 * no letters taken for jumping over a page, or the passphrase would lose them.
 */
function orcaSettings(language: Language): string {
  const family = { lang: language, dialect: '', gender: null, name: null, variant: null };
  const voice = { established: true, family };
  const habits = {
    ...{ enableKeyEcho: false, enableEchoByCharacter: false, enableEchoByWord: false },
    ...{
      structuralNavigationEnabled: false,
      structNavTriggersFocusMode: true,
      caretNavTriggersFocusMode: true,
    },
    voices: { default: voice, system: voice, uppercase: voice, hyperlink: voice },
  };
  const name = ['Default', 'default'];
  return JSON.stringify({
    general: { startingProfile: name, ...habits },
    profiles: { default: { profile: name, ...habits } },
    pronunciations: {},
    keybindings: {},
  });
}
