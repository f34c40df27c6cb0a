// Who may what while a desktop runs on the stick: keeper and QEMU are the user `guest`, in a view of the files that holds
// that guest's own and nothing else. What is tried here is what a program that broke out of QEMU would try. And all that
// crosses the two users still works: serial line, a killed keeper, saving, closing the vault, waking again.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EmulatedLinux } from '../support/emulated-linux';
import { startOpenedStick } from '../support/opened-stick';
import { buildStickImage, writeStickFile } from '../support/stick';
import { readTick, type Tick } from '../support/witness';

const passphrase = 'seven brass lamps on the stairs';
const minutes = 60_000;

let folder = '';
let pc: EmulatedLinux | undefined;

function on(): EmulatedLinux {
  if (pc === undefined) throw new Error('the PC did not start');
  return pc;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'guest-user-'));
  const stick = join(folder, 'stick');
  await writeStickFile(buildStickImage(), stick);
  pc = await startOpenedStick({ folder, stick, memoryMiB: 1536, display: 'std' });
  await pc.must(
    'until systemctl is-active -q kiosk && [ -S /run/soulpad/soulpadd.sock ] && pgrep -x soulpad; do sleep 1; done',
    30 * minutes,
  );
}, 45 * minutes);

afterAll(async () => {
  await pc?.end();
  rmSync(folder, { recursive: true, force: true });
});

/** The command line of the product, as the kiosk's user. */
async function soulpad(words: string): Promise<string> {
  const as =
    'setpriv --reuid kiosk --regid kiosk --init-groups env HOME=/home/kiosk XDG_RUNTIME_DIR=/run/user/901 PATH=/usr/bin:/usr/sbin';
  const said = await on().run(
    `cd /home/kiosk; printf %s '${passphrase}' | ${as} soulpad ${words} --json`,
    20 * minutes,
  );
  const answer = said.stdout.trim().split('\n').at(-1) ?? '';
  if (!answer.includes('"ok":true')) throw new Error(`${words}: ${said.stdout} ${said.stderr}`);
  return answer;
}

/** The witness's next tick, on its serial line, as the kiosk's user hears it. */
async function hear(): Promise<Tick> {
  const listen = `require("node:readline")
    .createInterface({ input: require("node:net").connect(process.argv[1]) })
    .on("line", (line) => { if (line.startsWith("W1 ")) { console.log(line.trim()); process.exit(); } })`;
  const said = await on().must(
    `socket=$(find /run/user/901 -name serial.sock | head -n 1)
     setpriv --reuid kiosk --regid kiosk --clear-groups timeout 300 node -e '${listen}' "$socket"`,
    6 * minutes,
  );
  const tick = said
    .split('\n')
    .map(readTick)
    .find((found) => found !== null);
  if (tick === undefined || tick === null) throw new Error(`the witness says nothing: ${said}`);
  return tick;
}

const keeper = "pgrep -o -f 'node .*keeper[.]cjs'";
const qemu = 'pgrep -o -f ^qemu-system-x86_64';

it('starts keeper and QEMU as the user guest, without any right, for a vault that the user kiosk opened', async () => {
  const disks = await soulpad('vault disks');
  const id = /"id":"([^"]+)"[^{}]*"partitionName":"soulpad-vault"/.exec(disks)?.[1];
  await soulpad(`vault create --on ${id} --passphrase-fd 0`);
  await soulpad('vault open --passphrase-fd 0');
  await soulpad('guest add --witness');
  console.log(await soulpad('guest run witness --headless'));
  expect(await on().must(`ps -o user= -p $(${keeper}),$(${qemu}) | sort -u`)).toBe('guest');
  expect(
    await on().must(`grep -hE '^(CapBnd|CapEff)' /proc/$(${keeper})/status /proc/$(${qemu})/status`),
  ).toMatch(/^(Cap(Bnd|Eff):\s+0{16}\n?){4}$/);
  expect(await on().must(`cat /proc/$(${qemu})/cgroup`)).toMatch(/\/user\.slice\/.*soulpad-keeper@/);
  expect(await hear()).toMatchObject({ ram: 'ok', disk: 'ok' });
});

it('leaves every file in the vault the kiosk’s own', async () => {
  expect(
    await on().must('find /run/soulpad/mounts/*/guests ! -user kiosk -o ! -group kiosk -o -perm /077'),
  ).toBe('');
  expect(await on().must('find /run/soulpad/mounts/*/guests/witness -type f | wc -l')).not.toBe('0');
});

it('shows a program that broke out of QEMU nothing of the kiosk, of soulpadd and of other guests', async () => {
  const said = await on().run(breakOut, 10 * minutes);
  console.log(said.stdout, said.stderr.slice(-2_000));
  expect(said.stdout).toContain('sees its own guest'); // the controls
  expect(said.stdout).toContain('root reads QEMU’s memory');
  expect(said.stdout).not.toContain('ESCAPED');
});

it('keeps the guest alive when its keeper is killed and when soulpadd is started anew', async () => {
  const before = await hear();
  const pid = await on().must(qemu);
  await on().must(`kill -9 $(${keeper}); systemctl restart soulpadd`);
  await on().must('until [ -S /run/soulpad/soulpadd.sock ]; do sleep 0.2; done');
  expect(await soulpad('guest status witness')).toContain('"state":"running"');
  expect(await on().must(qemu)).toBe(pid);
  expect(await on().must(`ps -o user= -p $(${keeper})`)).toBe('guest');
  const after = await hear();
  expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
  expect(after.n).toBeGreaterThan(before.n);
});

it('saves it lazily, closes the vault for good, and wakes it where it was', async () => {
  const before = await hear();
  const saved = await soulpad('guest suspend witness');
  console.log(saved);
  expect(saved).toContain('"engine":"lazy"');
  await soulpad('vault close');
  expect(await on().must('ls /dev/mapper | grep -c soulpad-.*-.*- || true')).toBe('0');
  expect(await on().must('findmnt -rn -t xfs || true')).toBe('');
  expect(await on().must(`pgrep -u guest || true`)).toBe('');
  console.log(await soulpad('guest run witness --headless --passphrase-fd 0'));
  const after = await hear();
  expect(after).toMatchObject({ nonce: before.nonce, ram: 'ok', disk: 'ok' });
  expect(after.n).toBeGreaterThan(before.n);
  await soulpad('guest suspend witness');
  await on().must('until ! ls /dev/mapper | grep -q soulpad-.*-.*-; do sleep 0.2; done'); // its keeper had opened it
});

it('grows no weaker: soulpadd and the keeper’s unit are as closed as they say', async () => {
  const exposure = await on().must(
    'for unit in soulpadd "soulpad-keeper@x"; do systemd-analyze security --no-pager $unit.service | tail -n 1; done',
  );
  console.log(exposure);
  const [soulpadd, unit] = [...exposure.matchAll(/: (\d+\.\d)/g)].map(([, value]) => Number(value));
  expect(soulpadd).toBeLessThanOrEqual(3.0);
  expect(unit).toBeLessThanOrEqual(5.0);
  expect(await on().must('systemctl --failed --no-legend --plain | cut -d" " -f1')).toBe('');
});

// In the keeper's own view, with its user: what such a program is.
const inside = `
tries() { [ -n "$(ls -A "$1" 2>/dev/null)" ]; }
[ -n "$(ls /run/soulpad/mounts/*/guests/witness/)" ] && echo 'sees its own guest'
for place in /home/kiosk /root /run/user/901/Xauthority /tmp/.X11-unix /run/soulpad/keepers /run/soulpad/stick.env \\
  /run/soulpad/ram /run/dbus /run/systemd /run/udev; do
  tries $place && echo "ESCAPED into $place"
done
[ "$(ls /run/soulpad/mounts/*/guests)" = witness ] || echo 'ESCAPED to another guest'
[ "$(ls -A /run/user/901/soulpad/*/ | sort | tr '\\n' ' ')" = '.owner witness ' ] || echo 'ESCAPED in the runtime folder'
touch /run/user/901/soulpad/*/.owner/x 2>/dev/null && echo 'ESCAPED by a file beside the owner'
DISPLAY=:0 timeout 20 xprop -root >/dev/null 2>&1 && echo 'ESCAPED to the screen'
XAUTHORITY=/run/user/901/Xauthority DISPLAY=:0 timeout 20 xprop -root >/dev/null 2>&1 && echo 'ESCAPED with a cookie'
node -e 'for (const path of ["/run/soulpad/soulpadd.sock", "\\0/tmp/.X11-unix/X0", "/run/systemd/private"]) {
  const socket = require("node:net").connect({ path });
  socket.on("connect", () => { console.log("ESCAPED to " + JSON.stringify(path)); socket.destroy(); });
  socket.on("error", () => {});
}'
for device in /dev/input/event* /dev/fb0 /dev/dri/card0 /dev/tty7 /dev/mapper/* /dev/uinput /dev/sd* /dev/snd/* /dev/kmsg; do
  [ -e $device ] || continue
  (exec 3<$device) 2>/dev/null && echo "ESCAPED to $device"
done
for pid in $KIOSKS; do
  [ ! -e /proc/$pid ] || echo "ESCAPED: sees process $pid"
  kill -0 $pid 2>/dev/null && echo "ESCAPED: may signal $pid"
done
mount -t tmpfs x /tmp 2>/dev/null && echo 'ESCAPED by a mount'
umount /run 2>/dev/null && echo 'ESCAPED by an unmount'
unshare -Urm umount -l /run 2>/dev/null && echo 'ESCAPED under its view'
echo tried`;

const breakOut = `
keeper=$(${keeper}) qemu=$(${qemu})
mkdir -p /run/soulpad/mounts/x; install -d -o kiosk -g kiosk -m 700 /run/soulpad/mounts/*-*/guests/another
head -c 1 /proc/$qemu/environ >/dev/null && echo 'root reads QEMU’s memory'
echo ${Buffer.from(inside).toString('base64')} | base64 -d >/run/inside
nsenter --mount=/proc/$keeper/ns/mnt setpriv --reuid guest --regid guest --init-groups --bounding-set=-all \\
  --inh-caps=-all --no-new-privs env -i PATH=/usr/bin:/usr/sbin KIOSKS="$(pgrep -u kiosk | tr '\\n' ' ')" bash </run/inside
rmdir /run/soulpad/mounts/x /run/soulpad/mounts/*-*/guests/another
for pid in $(pgrep -u kiosk); do
  for file in mem environ maps auxv fd; do
    setpriv --reuid guest --regid guest --init-groups bash -c \\
      "ls /proc/$pid/$file/ 2>/dev/null || head -c 1 /proc/$pid/$file" >/run/got 2>/dev/null
    [ ! -s /run/got ] || echo "ESCAPED /proc/$pid/$file"
  done
done
true`;
