// One evening with a stick in somebody else's PC: disks of every kind in it, programs that try to reach them, a network
// that is listened to, a memory full of marks. Afterwards the disks are compared, the packets listed, and the memory
// chips read out. One boot for all, in the order of the evening.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmulatedLinux } from '../support/emulated-linux';
import { buildBurden, fillMemory, loads, mark, needles } from '../support/filled-memory';
import { type ForeignDisk, foreignDisks, kindOf, makeForeignDisk, sumOf } from '../support/foreign-disks';
import { pagesHolding } from '../support/memory-search';
import { startOpenedStick } from '../support/opened-stick';
import { framesFrom } from '../support/packets';
import { buildStickImage, writeStickFile } from '../support/stick';
import { askSoulpad, makeStickVault, readWitness, witnessRuns } from '../support/stick-kiosk';
import type { Spy } from '../support/stick-spy';

const passphrase = 'seven brass lamps on the stairs';
const mac = '525400123456';
const listenedMs = 300_000;
const buses: Readonly<Record<ForeignDisk, 'ahci' | 'nvme' | 'virtio'>> = {
  'ext4-clean': 'virtio',
  'ext4-dirty': 'ahci',
  'swap-hibernated': 'nvme',
  ntfs: 'ahci',
  luks: 'virtio',
  lvm: 'nvme',
  md: 'ahci',
};

let folder = '';
let pc: EmulatedLinux | undefined;
let lan: Server | undefined;
const at = (name: string): string => join(folder, name);
const sums = new Map<string, string>();
let bootedAt = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'no-trace-'));
  await writeStickFile(buildStickImage(), at('stick'));
  for (const kind of foreignDisks) sums.set(kind, sumOf(makeForeignDisk(folder, kind)));
  mkdirSync(at('usb'));
  sums.set('usb', sumOf(makeForeignDisk(at('usb'), 'ext4-dirty')));
});
afterAll(async () => {
  await pc?.end();
  lan?.close();
  rmSync(folder, { recursive: true, force: true });
});

function booted(): EmulatedLinux {
  if (pc === undefined) throw new Error('the PC did not start');
  return pc;
}

async function boot(words = ''): Promise<EmulatedLinux> {
  await pc?.end();
  bootedAt = Date.now();
  const started = await startOpenedStick({
    ...{ folder, stick: at('stick'), memoryMiB: 1536, display: 'std', keepAfterPowerOff: true, words },
    files: { 'usr/lib/opened/burden': buildBurden(folder) },
    disks: [
      ...foreignDisks.map((kind) => ({ id: kind, file: at(`${kind}.disk`), bus: buses[kind] })),
      { id: 'theirs', file: at('usb/ext4-dirty.disk'), bus: 'usb' },
    ],
    more: [
      ...['-netdev', 'user,id=net', '-device', `e1000,netdev=net,mac=${mac.replace(/(..)(?=.)/g, '$1:')}`],
      ...['-object', `filter-dump,id=dump,netdev=net,file=${at('packets')}`],
    ],
  });
  pc = started;
  await started.must(
    'until systemctl is-active -q soulpad-modules-locked; do sleep 2; done; systemctl is-active kiosk',
    1_800_000,
  );
  return started;
}

describe('in somebody else’s PC, a stick', () => {
  it('boots beside disks that are what they say', async () => {
    expect(Object.fromEntries(foreignDisks.map((kind) => [kind, kindOf(at(`${kind}.disk`))]))).toEqual({
      ...{ 'ext4-clean': 'ext4', 'ext4-dirty': 'ext4', 'swap-hibernated': 'swsuspend', ntfs: 'ntfs' },
      ...{ luks: 'crypto_LUKS', lvm: 'LVM2_member', md: 'linux_raid_member' },
    });
    await boot();
    console.log(`ready after ${Math.round((Date.now() - bootedAt) / 1000)} s`);
    console.log(await booted().must('systemctl --failed --no-legend --no-pager; free -m; cat /proc/swaps'));
  });

  it('sees none of the PC’s internal disks, and a foreign USB disk read-only', async () => {
    const seen = await booted().must('lsblk -dno NAME,RO,TRAN,SERIAL -e 1,7,254 | sort');
    expect(seen.split('\n').map((line) => line.trim().split(/\s+/).slice(1))).toEqual(
      expect.arrayContaining([
        ['0', 'usb', 'stick'],
        ['1', 'usb', 'theirs'],
      ]),
    );
    expect(await booted().must('ls /sys/block | grep -v "^sd\\|^zram\\|^dm-\\|^loop" || true')).toBe('');
    expect(await booted().must('grep -c "^/dev/" /proc/mounts || true')).toBe('1'); // the squashfs
    expect(await booted().must('tail -n +2 /proc/swaps | cut -d " " -f 1 | xargs -n1 readlink -f')).toMatch(
      /^\/dev\/zram0\n\/dev\/dm-\d+$/,
    );
  });

  it.each(['root', 'kiosk', 'guest'])('keeps an attack by %s from every disk', async (user) => {
    const said = await booted().run(attack(user), 300_000);
    console.log(`${user}:`, said.stdout, said.stderr.slice(-500));
    expect(said.stdout).not.toContain('REACHED');
  });

  it('erases and opens nothing but the stick’s own partition when soulpadd is asked to by the kiosk’s user', async () => {
    const said = await booted().run(attackBySoulpadd, 600_000);
    console.log(said.stdout, said.stderr.slice(-500));
    expect(said.stdout).toContain('MAY soulpad-vault'); // the control: this one it would erase
    expect(said.stdout).toMatch(/REFUSED format \/dev\/sda/);
    expect(said.stdout).toMatch(/REFUSED format \d+\.0 sd/);
    expect(said.stdout).not.toContain('REACHED');
    expect(said.stdout).toContain('asked');
  });

  it('keeps the guest’s user out of the kiosk’s memory, its screen and its files', async () => {
    const said = await booted().run(breakOut, 240_000);
    console.log(said.stdout, said.stderr);
    expect(said.stdout).toContain('root reads the kiosk’s memory'); // the control
    expect(said.stdout).not.toContain('ESCAPED');
  });

  it('lets the guest’s user reach no machine near it, and answers nobody', async () => {
    const port = await new Promise<number>((resolve) => {
      lan = createServer((socket) => socket.end('LAN')).listen(0, '127.0.0.1', () => {
        const address = lan?.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    // QEMU's 10.0.2.2 is this machine: a neighbour of the emulated PC.
    const call = (user: string, host: string, to: number): string =>
      `setpriv --reuid ${user} --clear-groups timeout 20 bash -c 'cat </dev/tcp/${host}/${to}' 2>&1 || true`;
    expect(await booted().must(call('root', '10.0.2.2', port))).toBe('LAN');
    expect(await booted().must(call('guest', '10.0.2.2', port))).toMatch(
      /refused|unreachable|prohibited|no route/i,
    );
    expect(await booted().must('nft list chain inet soulpad guest')).toMatch(/near4.*packets [1-9]/);
    const open = await booted().must(`ss -Htuln | grep -v '127.0.0.1:\\|\\[::1\\]:' || true`);
    console.log('sockets:', open);
    expect(open.split('\n').filter((line) => line !== '' && !/:(68|546)\s/.test(line))).toEqual([]);
  });

  it('sends in five minutes, the last of them with a guest that runs, only what the page lists', async () => {
    const spy: Spy = { run: (script, timeoutMs) => booted().must(script, timeoutMs), close: () => {} };
    expect(await makeStickVault(spy, passphrase)).toMatch(/"kind":"luks2"/);
    expect(await askSoulpad(spy, 'guest add --witness --passphrase-fd 0', passphrase)).toMatch(/"ok":true/);
    await lasts(listenedMs / 2 - (Date.now() - bootedAt));
    const run = 'guest run witness --headless --passphrase-fd 0';
    expect(await askSoulpad(spy, run, passphrase)).toMatch(/"ok":true/);
    await witnessRuns(spy);
    const awake = Date.now();
    console.log(`awake after ${Math.round((awake - bootedAt) / 1000)} s`, await readWitness(spy));
    await lasts(Math.max(listenedMs - (awake - bootedAt), listenedMs / 3));
    expect(await readWitness(spy)).toMatchObject({ ram: 'ok', disk: 'ok' });
    expect(await askSoulpad(spy, 'guest suspend witness')).toMatch(/"ok":true/);
    expect(await askSoulpad(spy, 'vault close')).toMatch(/"ok":true/);
    const frames = framesFrom(at('packets'), mac);
    console.log(frames);
    const tests = new Set(['TCP to']); // of the test before: to 10.0.2.2
    const listed = new Set([
      ...['ARP', 'DHCP', 'DHCPv6', 'IGMP report', 'IPv6 multicast report'],
      ...['IPv6 router solicitation', 'IPv6 neighbour solicitation', 'IPv6 neighbour advertisement'],
    ]);
    const other = Object.keys(frames).filter((name) => !listed.has(name) && !tests.has(name.slice(0, 6)));
    expect(other).toEqual([]);
  });

  it('leaves nothing in the memory when it is switched off, and its swap is noise', async () => {
    await fillMemory(booted());
    await booted().dumpMemory(at('memory'));
    const before = pagesHolding(at('memory'), needles);
    console.log('before', before);
    for (const [place, mib] of Object.entries(loads)) {
      expect(before[place], place).toBeGreaterThan(0.9 * 256 * mib);
    }
    await switchOff();
    const after = pagesHolding(at('memory'), needles);
    console.log('after', after);
    expect(after).toEqual(Object.fromEntries(Object.keys(needles).map((name) => [name, 0])));
    expect(pagesHolding(at('stick'), { swapped: mark('swapped') })).toEqual({ swapped: 0 });
  });

  it('leaves every disk of the PC as it was, byte by byte', () => {
    for (const kind of foreignDisks) expect(sumOf(at(`${kind}.disk`)), kind).toBe(sums.get(kind));
    expect(sumOf(at('usb/ext4-dirty.disk'))).toBe(sums.get('usb'));
  });

  it('would leave most of it in the memory without what clears it: the control', async () => {
    await boot('init_on_free=0 systemd.mask=soulpad-power-off.service');
    await fillMemory(booted());
    await switchOff();
    const left = pagesHolding(at('memory'), needles);
    console.log('control', left);
    const kept = Object.keys(loads).filter((place) => (left[place] ?? 0) > 0);
    const pages = Object.keys(loads).reduce((sum, place) => sum + (left[place] ?? 0), 0);
    const filled = Object.values(loads).reduce((sum, mib) => sum + 256 * mib, 0);
    console.log(`${kept.join(', ')}: ${Math.round((100 * pages) / filled)} % still there`);
    expect(pages / filled).toBeGreaterThan(0.9);
  });
});

const lasts = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));

async function switchOff(): Promise<void> {
  const on = booted();
  const from = Date.now();
  await on.run('(sleep 1; systemctl poweroff) >/dev/null 2>&1 &');
  await on.poweredOff(600_000);
  console.log(`off after ${((Date.now() - from) / 1000).toFixed(1)} s`);
  await on.dumpMemory(at('memory'));
}

// ---- what is tried against the disks, and by a program that has broken out of the guest ----

/** As root it may only be told, with what root has; the disks are compared afterwards. */
function attack(user: string): string {
  const tries = `
for module in ahci libata nvme virtio_blk virtio_scsi sdhci_pci mmc_block md_mod dm_raid; do
  modprobe $module 2>/dev/null && echo "REACHED module $module"
done
for bus in /sys/bus/pci/drivers/ahci /sys/bus/pci/drivers/nvme /sys/class/nvme; do
  [ ! -e $bus ] || echo "REACHED driver $bus"
done
for disk in /dev/nvme* /dev/vd* /dev/mmcblk* /dev/md*; do [ ! -e $disk ] || echo "REACHED device $disk"; done
for disk in $(lsblk -dnro NAME,SERIAL | awk '$2 == "theirs" { print $1 }'); do
  dd if=/dev/zero of=/dev/$disk bs=512 count=1 conv=notrunc 2>/dev/null && echo "REACHED $disk"
  mount /dev/$disk /mnt 2>/dev/null && { touch /mnt/x && echo "REACHED file on $disk"; umount /mnt; }
  swapon /dev/$disk 2>/dev/null && echo "REACHED swap on $disk"
done
head -c 16 /dev/mem >/dev/null 2>&1 && dd if=/dev/zero of=/dev/mem bs=1 count=1 seek=1048576 conv=notrunc 2>/dev/null && echo "REACHED memory"
for bar in /sys/bus/pci/devices/*/resource0; do printf x 2>/dev/null >$bar && echo "REACHED registers $bar"; done
kexec -l /boot/vmlinuz 2>/dev/null && echo "REACHED another kernel"
echo done`;
  const script = Buffer.from(tries).toString('base64');
  return user === 'root'
    ? tries
    : `echo ${script} | base64 -d >/run/attack; chmod 644 /run/attack; setpriv --reuid ${user} --regid ${user} --init-groups bash /run/attack`;
}

/** Its own frames (main/socket/parts.ts), on every disk that it lists, or does not list, but the one that it may have. */
const attackBySoulpadd = `cat >/run/attack.cjs <<'END'
const net = require('node:net');
const ask = (verb, request, secrets = []) => new Promise((resolve) => {
  const text = Buffer.from(JSON.stringify({ verb, request }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(text.length, 0);
  head.writeUInt8(secrets.length, 4);
  const parts = secrets.flatMap((secret) => [Buffer.from([0, secret.length]), Buffer.from(secret)]);
  let said = '';
  const socket = net.connect('/run/soulpad/soulpadd.sock', () => socket.write(Buffer.concat([head, text, ...parts])));
  socket.on('data', (bytes) => (said += bytes.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => resolve(said));
});
const tell = (what, said) => console.log((said.includes('"ok":true') ? 'REACHED ' : 'REFUSED ') + what + ' ' + (said.split('"code":"')[1] || '"').split('"')[0]);
const slot = { kind: 'passphrase', name: 'x' };
(async () => {
  const listed = await ask('list', {});
  const { disks } = JSON.parse(listed.slice(5)).value;
  for (const { id, name, partitionName, mayFormat } of disks) {
    if (mayFormat) { console.log('MAY ' + partitionName); continue; }
    tell('format ' + id + ' ' + name, await ask('format', { disk: id, opens: null, keyslots: [slot] }, ['seven brass lamps']));
    tell('open ' + id, await ask('open', { disk: id, kind: 'passphrase' }, ['seven brass lamps']));
  }
  for (const disk of ['/dev/sda', '/dev/nvme0n1', '../sda', 'sda', '8:0', '99.0', 'image-0-0']) {
    tell('format ' + disk, await ask('format', { disk, opens: null, keyslots: [slot] }, ['seven brass lamps']));
    tell('add to ' + disk, await ask('addKeyslot', { disk, opens: 'passphrase', keyslot: slot }, ['a', 'b']));
  }
  tell('close', await ask('close', { uuid: '../../..', detach: true }));
  tell('mount', await ask('mount', { disk: '/dev/sda1' }));
  console.log('asked');
})();
END
chmod 644 /run/attack.cjs
until [ -S /run/soulpad/soulpadd.sock ]; do sleep 1; done
setpriv --reuid kiosk --regid kiosk --init-groups node /run/attack.cjs`;

const breakOut = `
x=$(pgrep -o Xorg) kiosk=$(pgrep -u kiosk -o node || pgrep -u kiosk -o soulpad)
grep -q . /proc/$kiosk/maps && head -c 1 /proc/$kiosk/environ >/dev/null && echo 'root reads the kiosk’s memory'
as() { setpriv --reuid guest --regid guest --init-groups "$@"; }
for pid in $(pgrep -u kiosk) $x; do
  for file in mem environ maps auxv fd map_files; do
    as bash -c "ls /proc/$pid/$file/ 2>/dev/null || head -c 1 /proc/$pid/$file" >/run/got 2>/dev/null
    [ ! -s /run/got ] || echo "ESCAPED /proc/$pid/$file"
  done
done
as env DISPLAY=:0 timeout 20 xprop -root >/run/got 2>&1 && echo "ESCAPED to the screen"
as env DISPLAY=:0 XAUTHORITY=/home/kiosk/.Xauthority timeout 20 xprop -root >/dev/null 2>&1 && echo "ESCAPED with a cookie"
for file in /home/kiosk /run/user/901 /root /run/initramfs/shutdown; do
  as ls $file/ >/dev/null 2>&1 && echo "ESCAPED into $file"
done
for socket in $(find /run -type s 2>/dev/null | grep -i soulpad); do
  as bash -c "exec 3<>$socket" 2>/dev/null; as timeout 5 node -e 'const s=require("net").connect(process.argv[1]);s.on("connect",()=>{console.log("in");process.exit()});s.on("error",()=>process.exit())' $socket | grep -q in && echo "ESCAPED to $socket"
done
for device in /dev/input/event* /dev/fb0 /dev/dri/card0 /dev/tty7 /dev/mapper/control /dev/uinput /dev/sd*; do
  [ ! -e $device ] || as bash -c "exec 3<$device" 2>/dev/null && [ -e $device ] && echo "ESCAPED to $device"
done
true`;
