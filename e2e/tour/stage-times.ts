// The times of long work as the kiosk's own views tell them: listened to in the page, taken when the work is over.
import { z } from 'zod';
import { en } from '../../app/text/en';
import type { Kiosk } from '../support/kiosk';
import type { StageTime } from './album';

const stagesSchema = z.array(z.object({ id: z.string(), state: z.string(), seconds: z.number().nullable() }));
type Stages = z.infer<typeof stagesSchema>;

/** Listens from now on. The answer gives the last stages told while the story was in that state. */
export async function hearStages(kiosk: Kiosk): Promise<(state: string) => Promise<Stages>> {
  await kiosk.page.evaluate(() => {
    const heard: Record<string, unknown> = {};
    Object.assign(window, { heardStages: heard });
    window.kiosk.onView(({ story }) => {
      if ('work' in story && story.work !== null) heard[story.state] = story.work.stages;
    });
  });
  return async (state) =>
    stagesSchema.parse(
      await kiosk.page.evaluate((name) => Reflect.get(Reflect.get(window, 'heardStages'), name) ?? [], state),
    );
}

/** Lines of the tour's table, in the words that the screen has for a stage that is done. */
export function stageTimes(stages: Stages): readonly StageTime[] {
  const words: Readonly<Record<string, string>> = en.stages.done;
  return stages.flatMap(({ id, seconds }) =>
    seconds === null ? [] : [{ stage: `&nbsp;&nbsp;${words[id] ?? id}`, person: 'waits', seconds }],
  );
}
