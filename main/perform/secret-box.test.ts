import { expect, it } from 'vitest';
import { secretBox } from './secret-box';

it('gives a secret away once', () => {
  const box = secretBox();
  box.put({ kind: 'passphrase', bytes: Buffer.from('marigold') });
  expect(box.take()?.bytes.toString()).toBe('marigold');
  expect(box.take()).toBeNull();
});

it('wipes a secret that nobody took, also when another one comes', () => {
  const box = secretBox();
  const first = Buffer.from('marigold');
  const second = Buffer.from('lantern');
  box.put({ kind: 'passphrase', bytes: first });
  box.put({ kind: 'passphrase', bytes: second });
  box.wipe();
  expect([...first, ...second].every((byte) => byte === 0)).toBe(true);
  expect(box.take()).toBeNull();
});
