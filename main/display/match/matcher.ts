// Carries plans out, and remembers what a plan must know of before: the modes that were found, the modes that were
// refused, the plan that holds. One match at a time; a failure of the X server leaves the last plan.
import { ok, type Result } from '../../../preload/contract/result';
import type { XAddress } from '../x-windows';
import { type Asked, isSameBox, type Plan, planMatch } from './plan';
import { readScreens, refusedName, type Screens, setScreens } from './screens';

export type Wanted = Pick<Asked, 'guest' | 'remembered' | 'trying'>;

export interface Matcher {
  /** Plans for what is plugged in now, and sets it. Faults: displayLacks, toolMissing, timeout: the server is silent. */
  match(wanted: Wanted): Promise<Result<Plan>>;
  /** Whether a match now would change something. */
  isStale(wanted: Wanted): Promise<boolean>;
  /** The last one that was carried out; null before. */
  plan(): Plan | null;
}

const mostTries = 4;

export function matcherOn(about: { readonly x: XAddress; readonly maySetModes: boolean }): Matcher {
  const { x, maySetModes } = about;
  const found: Record<string, string> = {};
  const refused: string[] = [];
  let holds: Plan | null = null;
  let last: Promise<unknown> = Promise.resolve();

  const planFor = (wanted: Wanted, screens: Screens): Plan =>
    planMatch({ ...screens, ...wanted, found, refused, maySetModes });

  const carryOut = async (wanted: Wanted): Promise<Result<Plan>> => {
    for (let tries = 1; ; tries++) {
      const read = await readScreens(x);
      if (!read.ok) return read;
      // A server that refuses one after the other is taken as it is.
      const screens = tries > mostTries ? { ...read.value, outputs: [] } : read.value;
      forget(screens);
      const plan = planFor(wanted, screens);
      for (const { output, mode } of plan.layout) {
        const is = screens.outputs.find(({ name }) => name === output)?.mode ?? null;
        if (is !== null && is !== mode) found[output] ??= is;
      }
      const [first] = plan.layout;
      const set = first === undefined ? ok(screens) : await setScreens(x, plan);
      if (set.ok) {
        holds = plan;
        return ok(plan);
      }
      if (first !== undefined) refused.push(refusedName(first));
    }
  };

  /** What was found on a plug says nothing of the next monitor on it. */
  const forget = ({ outputs }: Screens): void => {
    for (const { name, connected } of outputs) if (!connected) delete found[name];
  };

  return {
    match: (wanted) => {
      const mine = last.then(() => carryOut(wanted));
      last = mine.catch(() => {});
      return mine;
    },
    isStale: async (wanted) => {
      await last;
      const screens = await readScreens(x);
      if (!screens.ok || holds === null) return false;
      const plan = planFor(wanted, screens.value);
      return plan.layout.length > 0 || plan.output !== holds.output || !isSameBox(plan.place, holds.place);
    },
    plan: () => holds,
  };
}
