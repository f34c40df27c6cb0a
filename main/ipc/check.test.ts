import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Channel, channels } from '../../preload/contract/channels';
import { readRequest, refusedSender } from './check';

const origin = 'soulpad://app';
const cases = process.env.SOULPAD_FULL === '1' ? 10_000 : 500;
const ours = { allowed: ['suspend'], mainFrame: true, origin } as const;

describe('a message is refused by the name of the check', () => {
  it.each([
    [{ ...ours, allowed: null }, 'sender: not a window of this app'],
    [{ ...ours, mainFrame: false }, 'sender: not the main frame'],
    [{ ...ours, origin: 'null' }, 'sender: foreign origin'],
    [{ ...ours, origin: 'soulpad://app.evil' }, 'sender: foreign origin'],
    [{ ...ours, allowed: [] }, 'sender: this window may not ask suspend'],
    [ours, null],
  ])('%j: %s', (sender, refused) => {
    expect(refusedSender('suspend', sender, origin)).toBe(refused);
  });
});

describe('a request', () => {
  it.each([
    ['chooseGuest', ['../etc']],
    ['chooseGuest', []],
    ['chooseGuest', ['a'.repeat(1_000_000)]],
    ['suspend', [{}]],
    ['suspend', [undefined, 'more']],
    ['unlock', ['marigold']],
    ['unlock', [new Uint8Array(0)]],
    ['unlock', [new Uint8Array(1025)]],
    ['takeExit', ['format']],
    ['setLook', [{ language: 'en', theme: 'light', zoom: 3 }]],
  ] as const)('of %s with a wrong shape is refused without its content', (channel, given) => {
    expect(readRequest(channel, given)).toEqual({ ok: false, refused: `shape: not a request of ${channel}` });
  });

  it('with a secret gives a Buffer of our own, and the bytes that came are wiped', () => {
    const came = new TextEncoder().encode('marigold');
    const read = readRequest('unlock', [came]);
    expect(read.ok && Buffer.isBuffer(read.request) && read.request.toString()).toBe('marigold');
    expect([...came].every((byte) => byte === 0)).toBe(true);
  });

  it('wipes secret bytes also when they are refused', () => {
    const came = new Uint8Array(2_000).fill(7);
    expect(readRequest('unlock', [came]).ok).toBe(false);
    expect(came.every((byte) => byte === 0)).toBe(true);
  });
});

describe('whatever a page sends', () => {
  const names = Object.keys(channels) as Channel[];
  const bytes = fc.uint8Array({ maxLength: 1100 });
  /** Values of our own shapes among values of every other one. */
  const value = fc.oneof(
    ...[fc.anything({ withTypedArray: true, withNullPrototype: true, withBigInt: true, maxDepth: 3 }), bytes],
    ...[fc.string(), fc.constantFrom('en', 'light', 'retry', '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb')],
    fc.record({ id: fc.nat(40), bytes, by: fc.constantFrom('passphrase', 'keyUsb'), given: bytes }),
  );

  it(`is refused by name, or read with every secret wiped behind it (${cases} cases)`, {
    timeout: 600_000,
  }, () => {
    const seen = { read: 0, refused: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(value, { maxLength: 3 }), (channel, given) => {
        const read = readRequest(channel, given);
        seen[read.ok ? 'read' : 'refused']++;
        for (const each of given)
          if (each instanceof Uint8Array) expect(each.every((byte) => byte === 0)).toBe(true);
        if (read.ok) expect(given.length).toBeLessThan(2);
        else expect(read.refused).toBe(`shape: not a request of ${channel}`);
      }),
      { numRuns: cases },
    );
    expect(seen.read).toBeGreaterThan(0);
    expect(seen.refused).toBeGreaterThan(seen.read);
  });
});
