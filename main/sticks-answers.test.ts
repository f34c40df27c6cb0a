// Who may ask for the page that writes a stick, and what becomes of a name that was typed.
import { expect, test } from 'vitest';
import { type StoryName, stories, viewOf } from '../app/views.fixture';
import type { View } from '../preload/contract/view';
import type { Event } from './flow/state';
import type { RunningGuest } from './perform/parts';
import { sticksAnswersOf } from './sticks-answers';
import type { OpenVault } from './vault/vault';

function play(about: { readonly story: StoryName; readonly place: View['place'] }) {
  const heard: Event<OpenVault, RunningGuest>[] = [];
  const answers = sticksAnswersOf({
    send: (event) => heard.push(event) > 0,
    view: () => viewOf(stories[about.story], { place: about.place }),
    sticks: { isNamed: (id, typed) => id === 'disk-1' && typed === 'Ultra Fit' },
  });
  return { heard, answers };
}

test('it is not to be had on a stick', async () => {
  const stick = play({ story: 'locked', place: 'stick' });
  expect(await stick.answers.showSticks(undefined)).toEqual({ taken: false });
  expect(stick.heard).toEqual([]);
  for (const place of ['desk', 'virtual'] as const)
    expect(await play({ story: 'locked', place }).answers.showSticks(undefined)).toEqual({ taken: true });
});

test('a name is compared with that of the disk that is asked for, and goes no further', async () => {
  const { heard, answers } = play({ story: 'sticks-name', place: 'desk' });
  expect(await answers.nameDisk('Ultra Fitt')).toEqual({ taken: true, right: false });
  expect(await answers.nameDisk('Ultra Fit')).toEqual({ taken: true, right: true });
  expect(heard).toEqual([
    { is: 'diskNamed', right: false },
    { is: 'diskNamed', right: true },
  ]);
});

test('where no name is asked, none is taken', async () => {
  const { heard, answers } = play({ story: 'sticks', place: 'desk' });
  expect(await answers.nameDisk('Ultra Fit')).toEqual({ taken: false, right: false });
  expect(heard).toEqual([]);
});
