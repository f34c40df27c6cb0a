// What the packaged app refuses to start with: switches and variables that hand its inside to another program (debuggers,
// foreign code). In a checkout they are allowed, since Playwright drives the app through them. The callers exit.
import { readFileSync } from 'node:fs';

/** Switches of Chromium and Node that open the app to others, without dashes; `inspect` covers inspect-brk and so on. */
const refusedSwitches = [
  'remote-debugging-',
  'remote-allow-origins',
  'inspect',
  'debug',
  'js-flags',
  'load-extension',
  'disable-extensions-except',
  'load-apps',
  'require',
  'import',
  'loader',
  'experimental-loader',
  'eval',
  'renderer-cmd-prefix',
  'gpu-launcher',
  'utility-cmd-prefix',
  'browser-subprocess-path',
  'disable-web-security',
  'allow-file-access',
  'allow-running-insecure-content',
  'ignore-certificate-errors',
  'proxy-',
  'host-rules',
  'host-resolver-rules',
  'user-data-dir',
  'enable-logging',
  'log-net-log',
  'net-log',
  'ssl-key-log-file',
  'no-zygote',
  'single-process',
  'enable-automation',
] as const;

const refusedVariables = [
  'LD_PRELOAD',
  'LD_AUDIT',
  'LD_LIBRARY_PATH',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'NODE_REPL_EXTERNAL_MODULE',
  'ELECTRON_RUN_AS_NODE',
  'SSLKEYLOGFILE',
  'GTK_MODULES',
  'GTK_PATH',
] as const;

/** The words for stderr, null when it may start. `arguments` without the program itself. */
export function refusalToStart(about: {
  readonly packaged: boolean;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}): string | null {
  if (!about.packaged) return null;
  for (const argument of about.arguments) {
    if (!argument.startsWith('-')) continue;
    const name = argument.replace(/^-+/, '').split('=')[0] ?? '';
    if (argument === '-r' || argument === '-e' || refusedSwitches.some((refused) => name.startsWith(refused)))
      return `soulpad does not start with ${argument.split('=')[0]}: it would open the running app to other programs`;
  }
  for (const name of refusedVariables) {
    const value = about.environment[name];
    if (value !== undefined && value !== '')
      return `soulpad does not start with ${name} set: it would load foreign code. Unset it and start again`;
  }
  return null;
}

/**
 * The environment as this process was given it, not as it is now: Electron takes NODE_OPTIONS away before we run, and
 * the person should be told all the same. Empty where /proc does not tell (proc(5), /proc/pid/environ).
 */
export function environmentAtStart(): Record<string, string> {
  try {
    const given = readFileSync('/proc/self/environ', 'utf8').split('\0');
    return Object.fromEntries(
      given.map((each) => [each.slice(0, each.indexOf('=')), each.slice(each.indexOf('=') + 1)]),
    );
  } catch {
    return {};
  }
}

/** Exit status of a refusal (sysexits: usage). */
export const refusedStatus = 64;
