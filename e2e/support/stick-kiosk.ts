// What a booted stick's own command line is asked for by tests, as the kiosk's user: the same organs as the screens'. By
// the tests' shell inside (stick-spy.ts). Throws. Tests only.
import type { Spy } from './stick-spy';
import { readTick, type Tick } from './witness';

/** Argon2id, mkfs and a guest inside an emulated PC, on a machine that does other things too. */
const patienceMs = 10 * 60_000;

/** `as COMMAND...`: in the kiosk's user's name, with what its session has in its environment. */
export const asKiosk = `as() {
  setpriv --reuid kiosk --regid kiosk --init-groups env -i -C /home/kiosk PATH=/usr/bin:/bin LANG=C.UTF-8 \\
    HOME=/home/kiosk XDG_RUNTIME_DIR=/run/user/901 "$@"
}
`;

/** What `soulpad VERB... --json` answers last: an envelope (docs/surface.md). `secret` goes to descriptor 0. */
export async function askSoulpad(spy: Spy, words: string, secret = ''): Promise<string> {
  const said = await spy.run(`${asKiosk}printf %s '${secret}' | as soulpad ${words} --json`, patienceMs);
  return said.trim().split('\n').at(-1) ?? '';
}

/** Makes the LUKS2 vault on the stick's own partition. */
export async function makeStickVault(spy: Spy, passphrase: string): Promise<string> {
  await spy.run('until [ -S /run/soulpad/soulpadd.sock ]; do sleep 0.5; done', patienceMs);
  const disks = await askSoulpad(spy, 'vault disks');
  const id = /"id":"([^"]+)"[^{}]*"partitionName":"soulpad-vault"/.exec(disks)?.[1];
  if (id === undefined) throw new Error(`no partition for a vault: ${disks}`);
  return askSoulpad(spy, `vault create --on ${id} --passphrase-fd 0`, passphrase);
}

/** Until there is a guest with a serial line. */
export async function witnessRuns(spy: Spy): Promise<void> {
  await spy.run('until find /run/user/901 -name serial.sock | grep -q .; do sleep 1; done', patienceMs);
}

/** The witness's next tick, on its serial line in the kiosk's runtime folder. */
export async function readWitness(spy: Spy): Promise<Tick> {
  const script = `
socket=$(find /run/user/901 -name serial.sock | head -n 1)
timeout 120 node -e '
  const lines = require("node:readline").createInterface({ input: require("node:net").connect(process.argv[1]) });
  lines.on("line", (line) => { if (line.startsWith("W1 ")) { console.log(line.trim()); process.exit(); } });
' "$socket"`;
  const said = await spy.run(script, patienceMs);
  const tick = said
    .split('\n')
    .map(readTick)
    .find((found) => found !== null);
  if (tick === undefined || tick === null) throw new Error(`the witness says nothing: ${said}`);
  return tick;
}
