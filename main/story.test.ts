import { expect, test } from 'vitest';
import type { Effect } from './flow/state';
import { tellStory } from './story';

test('an effect that throws is told and does not hold up the ones after it', async () => {
  const done: Effect<string, string>['do'][] = [];
  const bugs: unknown[] = [];
  const story = tellStory<string, string>({
    perform: async (effect) => {
      if (effect.do === 'raise') throw new Error('no screen');
      done.push(effect.do);
    },
    publish: () => {},
    onBug: (error) => bugs.push(error),
  });
  expect(story.send({ is: 'started' })).toBe(true);
  await expect.poll(() => done).toEqual(['look']);
  expect(bugs).toEqual([new Error('no screen')]);
});

test('an event that the present state has no act for changes nothing', () => {
  const story = tellStory<string, string>({
    perform: async () => {},
    publish: () => {},
    onBug: () => {},
  });
  expect(story.send({ is: 'suspendAsked' })).toBe(false);
  expect(story.state()).toEqual({ at: 'starting' });
});
