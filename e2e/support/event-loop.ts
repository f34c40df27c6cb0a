// How long a process's event loop stood still, asked of the process itself: main by its own delay monitor, the page by the
// gaps between its own timers. Milliseconds.
import type { Kiosk } from './kiosk';

export interface LoopWatch {
  /** The longest stand-still since the watch began. */
  longest(): Promise<number>;
}

/** Electron's main process, by perf_hooks' monitorEventLoopDelay. */
export async function watchMainLoop({ app }: Kiosk): Promise<LoopWatch> {
  await app.evaluate(() => {
    const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
    const watch = monitorEventLoopDelay({ resolution: 5 });
    watch.enable();
    Object.assign(globalThis, { loopWatch: watch });
  });
  return {
    longest: () => app.evaluate(() => Number(Reflect.get(Reflect.get(globalThis, 'loopWatch'), 'max')) / 1e6),
  };
}
