// The kiosk's own D-Bus session bus, for the one thing that needs it: the screen reader. It is ours alone (a socket in a
// 0700 folder, dies with us), knows one service to start, the accessibility bus, and never the desktop's own bus: what
// the kiosk draws is read by the reader that the person switched on here, and by no other.
// Spec: dbus-daemon(1), at-spi2-core's org.a11y.Bus service.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, ok, type Result } from '../../preload/contract/result';
import { makeProcessFolder } from '../files/own-folder';
import { endChild, startBound } from '../process/bound';
import { isProgram } from '../process/program-search';
import { type Child, run } from '../process/run';

const stage = 'place.sessionBus';
const readyWithinMs = 10_000;

/** Debian's and others' places of at-spi2-core. */
const launchers = ['/usr/libexec/at-spi-bus-launcher', '/usr/lib/at-spi2-core/at-spi-bus-launcher'];

export interface SessionBus {
  /** For the kiosk: the bus, and that it shall be read. Settings are kept in memory: nothing is written. */
  readonly environment: Readonly<Record<string, string>>;
  end(): Promise<void>;
}

/** Faults: toolMissing (no dbus-daemon, no at-spi2-core), timeout, denied. `under`: our runtime root. */
export async function startSessionBus(about: { readonly under: string }): Promise<Result<SessionBus>> {
  const launcher = launchers.find(isProgram);
  if (launcher === undefined) {
    const hint = 'install the Debian packages orca and at-spi2-core';
    return fail({ code: 'toolMissing', stage, message: 'there is no accessibility bus here', hint });
  }
  const made = makeProcessFolder({ root: about.under, name: 'bus', stage });
  if (!made.ok) return made;
  const folder = made.value;
  const undo = (): void => rmSync(folder, { recursive: true, force: true });
  const config = join(folder, 'bus.conf');
  const services = join(folder, 'services');
  mkdirSync(services, { mode: 0o700 });
  writeFileSync(join(services, 'org.a11y.Bus.service'), serviceFile(launcher), { mode: 0o600 });
  writeFileSync(config, configFile({ socket: join(folder, 'bus'), services }), { mode: 0o600 });
  const started = startBound({
    program: 'dbus-daemon',
    packageName: 'dbus',
    stage,
    args: [`--config-file=${config}`, '--nofork', '--nopidfile', '--print-address=3'],
    env: { GSETTINGS_BACKEND: 'memory' },
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    onOurDeath: 'TERM',
  });
  if (!started.ok) {
    undo();
    return started;
  }
  const child = started.value;
  const end = async (): Promise<void> => {
    await endChild(child);
    undo();
  };
  if (!(await isReady(child))) {
    await end();
    return fail({ code: 'timeout', stage, message: 'dbus-daemon did not start in time' });
  }
  const address = `unix:path=${join(folder, 'bus')}`;
  // Chromium waits for the accessibility bus with its window: one that does not answer would hold up the first screen.
  const asked = await run({
    program: 'dbus-send',
    args: ['--session', '--print-reply', '--dest=org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus.GetAddress'],
    stage,
    env: { DBUS_SESSION_BUS_ADDRESS: address },
    timeoutMs: readyWithinMs,
  });
  if (!asked.ok) {
    await end();
    return asked;
  }
  return ok({
    environment: {
      DBUS_SESSION_BUS_ADDRESS: address,
      GSETTINGS_BACKEND: 'memory',
      // Chromium looks at it once, when it starts (ui/accessibility/platform/atk_util_auralinux.cc).
      ACCESSIBILITY_ENABLED: '1',
    },
    end,
  });
}

function configFile(about: { readonly socket: string; readonly services: string }): string {
  return `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${about.socket}</listen>
  <auth>EXTERNAL</auth>
  <servicedir>${about.services}</servicedir>
  <policy context="default">
    <allow send_destination="*"/>
    <allow receive_sender="*"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;
}

function serviceFile(launcher: string): string {
  return `[D-BUS Service]\nName=org.a11y.Bus\nExec=${launcher}\n`;
}

/** The daemon prints its address when it takes clients. */
function isReady(child: Child): Promise<boolean> {
  const pipe = child.process.stdio[3];
  if (pipe === null || pipe === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const answer = (is: boolean): void => {
      clearTimeout(timer);
      resolve(is);
    };
    const timer = setTimeout(() => answer(false), readyWithinMs);
    pipe.once('data', () => answer(true));
    pipe.on('error', () => answer(false));
    void child.ended.then(() => answer(false));
  });
}
