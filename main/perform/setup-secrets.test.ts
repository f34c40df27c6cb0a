import { expect, it } from 'vitest';
import { setupSecrets } from './setup-secrets';

const passphrase = () => new TextEncoder().encode('la clé dorée du grenier bleu');
const typedBack = (key: Uint8Array, [one, other]: readonly [number, number]) =>
  Buffer.concat([key.subarray(one * 6, one * 6 + 6), key.subarray(other * 6, other * 6 + 6)]);

function filled() {
  const secrets = setupSecrets({ onForgotten: () => {} });
  const kept = passphrase();
  secrets.keepPassphrase(kept);
  const asked = secrets.recoveryGroups();
  const key = secrets.recoveryKey() ?? new Uint8Array();
  return { secrets, kept, asked, key };
}

it('gives passphrase and key away once, after the key was typed back', () => {
  const { secrets, kept, asked, key } = filled();
  expect(secrets.take()).toBeNull();
  const typed = typedBack(key, asked);
  expect(secrets.confirm(typed)).toBe(true);
  expect(typed.every((byte) => byte === 0)).toBe(true);
  expect(secrets.take()).toEqual({ passphrase: kept, recovery: Buffer.from(key) });
  expect(secrets.take()).toBeNull();
  expect(kept).toEqual(passphrase());
});

it('a wrong group takes a right one back', () => {
  const { secrets, asked, key } = filled();
  expect(secrets.confirm(typedBack(key, asked))).toBe(true);
  expect(secrets.confirm(Buffer.from('000000000000'))).toBe(false);
  expect(secrets.take()).toBeNull();
});

it('draws the key once, so that it stays what is on the paper', () => {
  const { secrets, asked, key } = filled();
  expect(secrets.recoveryGroups()).toEqual(asked);
  expect(secrets.recoveryKey()).toEqual(key);
  key.fill(0);
  expect(secrets.recoveryKey()?.some((byte) => byte !== 0)).toBe(true);
});

it('wipes all when told to, and when another passphrase is chosen', () => {
  for (const end of ['forget', 'again'] as const) {
    const { secrets, kept } = filled();
    if (end === 'forget') secrets.forget();
    else secrets.keepPassphrase(passphrase());
    expect(kept.every((byte) => byte === 0)).toBe(true);
    expect(secrets.recoveryKey()).toBeNull();
  }
});

it('wipes what lies too long, and says so once', async () => {
  let told = 0;
  const secrets = setupSecrets({ onForgotten: () => void told++, testOnlyForgetAfterMs: 20 });
  const kept = passphrase();
  secrets.keepPassphrase(kept);
  await expect.poll(() => told).toBe(1);
  expect(kept.every((byte) => byte === 0)).toBe(true);
  expect(secrets.confirm(Buffer.from('1'))).toBe(false);
});

it('says nothing of secrets that were given away in time', async () => {
  let told = 0;
  const secrets = setupSecrets({ onForgotten: () => void told++, testOnlyForgetAfterMs: 20 });
  secrets.keepPassphrase(passphrase());
  const asked = secrets.recoveryGroups();
  secrets.confirm(typedBack(secrets.recoveryKey() ?? new Uint8Array(), asked));
  expect(secrets.take()).not.toBeNull();
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(told).toBe(0);
});
