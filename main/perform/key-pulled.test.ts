import { expect, it, vi } from 'vitest';
import { usualSettings } from '../../preload/contract/ways';
import type { State } from '../flow/state';
import type { OpenVault } from '../vault/vault';
import { keyPullWatch } from './key-pulled';
import type { RunningGuest } from './parts';

const vault: OpenVault = {
  ...{
    home: '/h',
    uuid: 'u',
    mountPoint: '/m',
    guestsFolder: '/m/g',
    runtimeFolder: '/r',
    ownerSocket: '/r/s',
  },
  closed: new Promise(() => {}),
  detach: () => {},
  close: async () => ({ ok: true, value: undefined }),
};
const choosing: State<OpenVault, RunningGuest> = {
  at: 'choosing',
  inside: { vault, guests: [], plainPassphraseFile: false },
};

function watched(keyPulled: 'nothing' | 'suspend') {
  const seen = { plugged: true, looks: 0, pulled: 0 };
  const watch = keyPullWatch({
    isPlugged: () => {
      seen.looks++;
      return seen.plugged;
    },
    settings: async () => ({ ...usualSettings, keyPulled }),
    onPulled: () => {
      seen.pulled++;
    },
  });
  return { seen, watch };
}

const looksAgain = (seen: { looks: number }) => {
  const before = seen.looks;
  return vi.waitFor(() => expect(seen.looks).toBeGreaterThan(before + 1), { timeout: 10_000 });
};

it('tells once that the key USB which opened the vault is gone, where its owner wants that', async () => {
  const { seen, watch } = watched('suspend');
  watch.opened('/media/key');
  watch.follow(choosing);
  await looksAgain(seen);
  expect(seen.pulled).toBe(0);
  seen.plugged = false;
  await vi.waitFor(() => expect(seen.pulled).toBe(1), { timeout: 10_000 });
  await looksAgain(seen);
  expect(seen.pulled).toBe(1);
  watch.end();
});

it('tells nothing where the owner wants nothing, and looks at nothing when no key USB opened the vault', async () => {
  const { seen, watch } = watched('nothing');
  watch.opened('/media/key');
  watch.follow(choosing);
  seen.plugged = false;
  await looksAgain(seen);
  expect(seen.pulled).toBe(0);
  watch.opened(null);
  watch.follow(choosing);
  const { looks } = seen;
  watch.follow(choosing);
  expect(seen.looks).toBe(looks);
  watch.end();
});
