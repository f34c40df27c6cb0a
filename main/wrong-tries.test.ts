// A thief's afternoon at the unlock screen: 1,000 wrong passphrases on the story itself and a real keyslot, whose KDF
// costs next to nothing, with a clock that is passed in. The right one opens afterwards: nobody is ever locked out.
import { expect, it } from 'vitest';
import type { Event, State } from './flow/state';
import { transition } from './flow/transition';
import { waitAfter } from './flow/wait';
import type { Keyslots } from './vault/keyslots/format';
import { newVolumeKey, sealVolumeKey } from './vault/keyslots/seal';
import { unsealBy } from './vault/unseal';

const uuid = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';
const right = 'la clé dorée du grenier bleu';
const testOnlyCost = { memoryKiB: 8, iterations: 1, parallelism: 1 };

async function vaultOf(secret: string): Promise<Keyslots> {
  const slot = await sealVolumeKey({
    ...{ volumeKey: newVolumeKey(), secret: Buffer.from(secret), uuid, id: 0, name: 'passphrase' },
    ...{ kind: 'passphrase', testOnlyCost },
  });
  return { format: 'soulpad-keyslots', version: 1, uuid, kind: 'gocryptfs', keyslots: [slot] };
}

/** The story's state and its clock, in seconds: time passes only where the story waits. */
function screen() {
  let state: State<'vault', 'guest'> = { at: 'starting' };
  let seconds = 0;
  const send = (event: Event<'vault', 'guest'>): boolean => {
    const step = transition(state, event);
    if (step === null) return false;
    state = step.state;
    for (const effect of step.effects) if (effect.do === 'wait') seconds += effect.seconds;
    return true;
  };
  return { send, at: () => state, seconds: () => seconds };
}

it('1,000 wrong passphrases take sixteen hours, open nothing, and the right one opens after them', async () => {
  const keyslots = await vaultOf(right);
  const { send, at, seconds } = screen();
  const type = async (typed: string): Promise<string> => {
    expect(send({ is: 'unlockAsked', by: 'passphrase' })).toBe(true);
    const secret = Buffer.from(typed);
    const opened = await unsealBy({ keyslots, secret, kind: 'passphrase', stage: 'vault.open' });
    if (!opened.ok) send({ is: 'openFailed', fault: opened.fault });
    return opened.ok ? 'open' : opened.fault.code;
  };
  send({ is: 'started' });
  send({ is: 'foundVault' });
  for (let tries = 1; tries <= 1_000; tries++) {
    expect(await type(`${right}${tries}`)).toBe('wrongSecret');
    expect(at()).toMatchObject({ at: 'locked', wrongTries: tries, waitSeconds: waitAfter(tries) });
    // Before the time is over nothing is tried.
    expect(send({ is: 'unlockAsked', by: 'passphrase' })).toBe(false);
    send({ is: 'waited' });
  }
  expect(seconds()).toBe(1 + 2 + 4 + 8 + 15 + 30 + 994 * 60);
  expect(await type(right)).toBe('open');
});
