// A look inside a booted stick for tests: a root shell on the emulated PC's second serial line, brought in from outside
// as whoever owns the PC could: by a firmware string (SMBIOS type 11) that systemd takes for a unit, once the kernel
// argument that forbids it was taken back in the stick's own boot partition. The image itself stays what it is.
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { until } from './system';

/** Kernel arguments for addKernelArguments: without them the firmware's strings are not listened to. */
export const spyArguments = 'systemd.import_credentials=yes';

const unit = `[Unit]
Description=Spy of the tests
DefaultDependencies=no
[Service]
ExecStart=/bin/bash --noprofile --norc
StandardInput=tty-force
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS1
TTYReset=yes
Environment=PS1= TERM=dumb PATH=/usr/sbin:/usr/bin:/sbin:/bin
Restart=always
IgnoreOnIsolate=yes
`;
const wanted = '[Unit]\nWants=spy.service\n';

const encoded = (text: string): string => Buffer.from(text).toString('base64');

/** QEMU's arguments for startEmulatedPc's `more`. */
export function spyOptions(folder: string): string[] {
  const credential = (name: string, text: string): string[] => [
    '-smbios',
    `type=11,value=io.systemd.credential.binary:${name}=${encoded(text)}`,
  ];
  return [
    ...credential('systemd.extra-unit.spy.service', unit),
    ...credential('systemd.unit-dropin.sysinit.target', wanted),
    ...['-chardev', `socket,id=spy,path=${join(folder, 'spy.sock')},server=on,wait=off`],
    ...['-serial', 'chardev:spy'],
  ];
}

export interface Spy {
  /** What a script says on stdout and stderr, as root. Rejects when it does not end in time. */
  run(script: string, timeoutMs?: number): Promise<string>;
  close(): void;
}

/** Fulfils when the shell answers. */
export async function startSpy(folder: string, timeoutMs: number): Promise<Spy> {
  const socket: Socket = connect(join(folder, 'spy.sock'));
  let heard = '';
  let turn = 0;
  socket.setEncoding('utf8').on('data', (text: string) => (heard += text.replaceAll('\r', '')));
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  const run = async (script: string, withinMs = 60_000): Promise<string> => {
    const mark = `spy-${++turn}-ended`;
    heard = '\n'; // a script may say nothing
    // The script goes over in base64, so that the terminal's line editing changes nothing; the mark is never echoed whole.
    socket.write(
      `\nstty -echo; echo ${encoded(script)} | base64 -d | bash 2>&1; echo 'spy-'${turn}'-ended'\n`,
    );
    await until(`the spy's answer to: ${script.slice(0, 80)}`, () => heard.includes(`\n${mark}`), withinMs);
    return heard.slice(1, heard.lastIndexOf(`\n${mark}`)).replace(/^.*base64 -d \| bash.*\n/gm, '');
  };
  await until(
    'the spy inside the stick',
    () =>
      run('echo here', 5_000).then(
        (said) => said.includes('here'),
        () => false,
      ),
    timeoutMs,
  ).catch((cause: unknown) => {
    // QEMU serves one client: whoever tries again must find the line free.
    socket.destroy();
    throw cause;
  });
  return { run, close: () => socket.destroy() };
}
