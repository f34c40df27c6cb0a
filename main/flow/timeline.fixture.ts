// What can happen to the timeline's screen, for the walk over the machine and for its own story.
import type { FitReason } from '../../preload/contract/fit';
import type { Timeline } from '../../preload/contract/timeline';
import type { GuestCard } from '../../preload/contract/view';
import type { Event } from './state';

export const card: GuestCard = {
  ...{ id: 'debian', name: 'My Debian', suspendedAt: '2026-01-02T03:04:05Z' },
  ...{ hasPicture: true, state: 'suspended', bytes: 5 },
};

const moment = { pc: null, bytes: 5, hasPicture: false, goes: false } as const;

export const timeline: Timeline = {
  present: 4,
  moments: [
    { ...moment, number: 5, at: null, kind: 'damaged' },
    { ...moment, number: 4, at: '2026-01-02T03:04:05Z', kind: 'suspended' },
    { ...moment, number: 3, at: '2026-01-01T03:04:05Z', kind: 'suspended', goes: true },
    { ...moment, number: 0, at: '2025-12-31T03:04:05Z', kind: 'off' },
  ],
  more: 0,
  room: { moments: 1, bytes: 5 },
  freeBytes: 7,
};

export const spaceShort: FitReason = { code: 'spaceShort', severity: 'stop', have: 1, need: 2 };

export const events: readonly Event<'vault', 'guest'>[] = [
  { is: 'momentsRead', timeline, card },
  { is: 'momentsFailed', fault: { code: 'io', stage: 'test', message: 'made by the test' } },
  { is: 'roomMade', freedBytes: 5 },
  { is: 'roomFailed', fault: { code: 'io', stage: 'test', message: 'made by the test' } },
  { is: 'roomFailed', fault: { code: 'cancelled', stage: 'test', message: 'made by the test' } },
  { is: 'momentsAsked', id: null },
  { is: 'momentsAsked', id: 'debian' },
  { is: 'momentAsked', number: 3 },
  { is: 'momentAsked', number: 4 },
  { is: 'makeRoomAsked' },
  { is: 'unfit', fit: { verdict: 'notHere', reasons: [spaceShort], canStartAfresh: false } },
];
