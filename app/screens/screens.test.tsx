// Every fixture is a View that the contract accepts, and every screen draws it in every language without a missing word.
import { renderToStaticMarkup } from 'react-dom/server';
import { I18nextProvider } from 'react-i18next';
import { describe, expect, it } from 'vitest';
import { languageSchema, storySchema, viewSchema } from '../../preload/contract/view';
import { Shown } from '../app';
import { makeSpeech } from '../text/speech';
import { type StoryName, stories, viewOf } from '../views.fixture';
import { due, heardNothing } from './announcement';
import { markOf } from './mark-of';

const names = Object.keys(stories) as StoryName[];

describe('the fixtures', () => {
  it('are Views of the contract, at least one for every state', () => {
    for (const name of names) expect(() => viewSchema.parse(viewOf(stories[name]))).not.toThrow();
    const states = storySchema.options.map((option) => option.shape.state.value);
    expect(new Set(names.map((name) => stories[name].state))).toEqual(new Set(states));
  });
});

describe.each(languageSchema.options)('the screens in %s', (language) => {
  it.each(names)('%s has all its sentences', (name) => {
    for (const place of ['stick', 'desk'] as const) {
      const view = viewOf(stories[name], { look: { language }, place });
      const html = renderToStaticMarkup(
        <I18nextProvider i18n={makeSpeech(language)}>
          <Shown page="main" view={view} />
        </I18nextProvider>,
      );
      expect(html).toContain('<h1');
      // The machine's own words, under the disclosure, may look like anything.
      expect(html.replace(/<details.*<\/details>/, '')).not.toMatch(/\{\{|undefined|>[a-z]+(\.[a-zA-Z]+)+</);
    }
  });
});

describe('the mark', () => {
  it('sleeps below the line, rises by progress, stands on it awake, and sinks again', () => {
    expect(markOf(stories.locked)).toEqual({ look: 'asleep', rise: -1, ember: 0 });
    expect(markOf(stories.resuming).rise).toBeCloseTo(0.13, 2);
    expect(markOf(stories.live)).toEqual({ look: 'awake', rise: 0.83, ember: 1 });
    expect(markOf(stories.suspending).rise).toBeCloseTo(-0.41, 2);
    expect(markOf(stories.safe)).toEqual({ look: 'home', rise: -1, ember: 1 });
    expect(markOf(stories['fault-viewer']).rise).toBe(0.83);
  });

  it('stands where it is while a running guest is shown again, and sleeps while only the vault closes', () => {
    expect(markOf(stories['showing-again'])).toEqual({ look: 'awake', rise: 0.83, ember: 1 });
    const work = { ...stories.closing.work, stages: [{ id: 'close', state: 'now', seconds: null }] } as const;
    expect(markOf({ ...stories.closing, work: { ...work, stages: [...work.stages] } })).toEqual(
      markOf(stories.locked),
    );
  });
});

describe('what is said of long work', () => {
  const { work } = stories.resuming;

  it('is the stage when it changes, then the time left each quarter and every 15 s, never each percent', () => {
    const first = due(heardNothing, work, 0);
    expect(first.say).toBe('stage');
    const percentLater = due(first.heard, { ...work, fraction: 0.63 }, 1000);
    expect(percentLater.say).toBeNull();
    expect(due(percentLater.heard, { ...work, fraction: 0.76 }, 2000).say).toBe('left');
    expect(due(percentLater.heard, { ...work, fraction: 0.64 }, 15_000).say).toBe('left');
  });
});
