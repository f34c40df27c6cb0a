import { describe, expect, it } from 'vitest';
import { readRequest, refusedSender } from './check';

const origin = 'soulpad://app';
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
