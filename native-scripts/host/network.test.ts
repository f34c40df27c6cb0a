// The rules of the network, loaded by the script that the stick runs, in a PC of network namespaces: a neighbour that is
// also the way to the internet, and a guest's user. Without root: the namespaces are ours.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const host = join(import.meta.dirname, 'files/usr/lib/soulpad/host');
const server = `for (const port of [53, 8000])
  require('node:net').createServer((socket) => socket.end('reached')).on('error', () => {}).listen(port, () =>
    require('node:fs').writeFileSync(process.argv[1] + port, ''))`;

/** Calls each address from the PC, and the PC from its neighbour; one line each. */
const evening = `set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
cd "$1"
printf 'nameserver 192.168.77.1\\nnameserver not-an-address\\n' >resolv.conf
mount --bind resolv.conf "$(readlink -f /etc/resolv.conf)"
unshare -n sleep 300 >/dev/null & neighbour=$!
trap 'kill $(jobs -p)' EXIT
until [ "$(readlink /proc/$neighbour/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.1; done
near() { nsenter -t $neighbour -n "$@"; }
ip link set lo up
ip link add pc type veth peer name near netns $neighbour
ip address add 192.168.77.2/24 dev pc && ip link set pc up
near ip link set lo up
near ip address add 203.0.113.7/32 dev lo
near ip address add 192.168.77.1/24 dev near && near ip link set near up
ip route add default via 192.168.77.1
node -e "$2" here-8 >/dev/null & nsenter -t $neighbour -n node -e "$2" near-5 >/dev/null &
until [ -e here-88000 ] && [ -e near-553 ] && [ -e near-58000 ]; do sleep 0.1; done
./network load
./network refresh
call() { timeout 3 bash -c "cat </dev/tcp/$1/$2" 2>/dev/null || printf 'refused'; echo " $1 $2"; }
call 192.168.77.1 8000
call 192.168.77.1 53
call 127.0.0.1 8000
call 203.0.113.7 8000
printf 'the PC: '; near bash -c "$(declare -f call); call 192.168.77.2 8000"
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'network-'));
  cpSync(host, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As if the callers were the user that QEMU runs as, or somebody else. In the namespace our own user is 0. */
function play(guest: 0 | 1): string[] {
  const rules = join(folder, 'network.nft');
  writeFileSync(rules, readFileSync(rules, 'utf8').replace('skuid "guest"', `skuid ${guest}`));
  const said = execFileSync(
    'unshare',
    ['--user', '--map-root-user', '--net', '--mount', 'bash', '-c', evening, 'evening', folder, server],
    { encoding: 'utf8', timeout: 50_000 },
  );
  return said.trim().split('\n');
}

describe('the rules of the network', () => {
  it('leave the guest the internet and the name server, and nothing near', () => {
    expect(play(0)).toEqual([
      'refused 192.168.77.1 8000',
      'reached 192.168.77.1 53',
      'refused 127.0.0.1 8000',
      'reached 203.0.113.7 8000',
      'the PC: refused 192.168.77.2 8000',
    ]);
  });

  it('leave the others their network, and answer nobody from outside', () => {
    expect(play(1)).toEqual([
      'reached 192.168.77.1 8000',
      'reached 192.168.77.1 53',
      'reached 127.0.0.1 8000',
      'reached 203.0.113.7 8000',
      'the PC: refused 192.168.77.2 8000',
    ]);
  });
});
