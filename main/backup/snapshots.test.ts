// Which saved moment a snapshot is: two clones of one stick may save the same number in the same second, and neither must
// be taken for the other, or one of them is never backed up.
import { expect, it } from 'vitest';
import type { ResticSnapshot } from './restic-messages';
import { isSameMoment, type MomentName, momentOf, resticTime, tagsOf, timeOf } from './snapshots';

const uuid = '5d8d9cd3-3f71-4a7e-9a1f-0d6f5a9a4c11';
const named = (createdAt: string): MomentName => ({
  ...{ guest: 'work', uuid, generation: 7 },
  ...timeOf(createdAt),
});
/** As restic tells one that was stored with this name. */
const stored = (name: MomentName, tags = tagsOf(name, 12)): ResticSnapshot => ({
  ...{ id: 'f'.repeat(64), hostname: 'soulpad-1dcc98fb', tags: [...tags] },
  time: `${resticTime(name.at).replace(' ', 'T')}Z`,
});

const one = named('2026-11-23T20:00:05.120Z');
const other = named('2026-11-23T20:00:05.980Z');

it('a moment is the same when it comes back from the repository', () => {
  const read = momentOf(stored(one));
  expect(read).toMatchObject({ ...one, bytes: 12 });
  expect(read !== null && isSameMoment(read, one)).toBe(true);
});

it('another one of the same number and second is another one', () => {
  const read = momentOf(stored(one));
  expect(read !== null && isSameMoment(read, other)).toBe(false);
});

it('a snapshot of an older SoulPad, which says no more than the second, is taken for the one of that second', () => {
  const tags = tagsOf(one, 12).filter((tag) => !tag.startsWith('ms-'));
  const read = momentOf(stored(one, tags));
  expect(read).toMatchObject({ at: '2026-11-23T20:00:05Z', milliseconds: null });
  expect(read !== null && isSameMoment(read, other)).toBe(true);
});
