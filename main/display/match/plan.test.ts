import { describe, expect, it } from 'vitest';
import type { Mode, Output } from './outputs';
import { type Asked, planMatch } from './plan';

const modesOf = (...sizes: readonly string[]): Mode[] =>
  sizes.map((size, at) => {
    const [width = 0, height = 0] = size.split('x').map(Number);
    return { id: `0x${(80 + at).toString(16)}`, width, height, hertz: 60, preferred: false };
  });

const usual = ['1920x1080', '1600x1200', '1440x900', '1280x1024', '1280x800', '1024x768', '800x600'];

function output(
  about: Partial<Output> & { readonly lit?: string; readonly sizes?: readonly string[] } = {},
): Output {
  const { lit = '1920x1080', sizes = usual, ...rest } = about;
  const modes = modesOf(...sizes);
  const mode = modes.find(({ width, height }) => `${width}x${height}` === lit) ?? null;
  return {
    ...{ name: 'HDMI-1', connected: true, primary: false, turned: false, monitor: null, millimetres: null },
    ...{ modes, mode: mode?.id ?? null },
    at: mode === null ? null : { x: 0, y: 0, width: mode.width, height: mode.height },
    ...rest,
  };
}

function asked(about: Partial<Asked> = {}): Asked {
  return {
    ...{ outputs: [output()], screen: { width: 1920, height: 1080 }, found: {}, maySetModes: true },
    ...{
      guest: { follows: true, size: { width: 1280, height: 800 } },
      remembered: [],
      refused: [],
      trying: null,
    },
    ...about,
  };
}

const still = (width: number, height: number) => ({ follows: false, size: { width, height } });
const box = (x: number, y: number, width: number, height: number) => ({ x, y, width, height });

describe('a guest that can follow', () => {
  it('gets the whole screen, and the screen is left as it is', () => {
    expect(planMatch(asked())).toMatchObject({
      ...{ way: 'guestFollows', output: 'HDMI-1', monitor: 'plug:HDMI-1', layout: [], guestZoom: 1 },
      window: box(0, 0, 1920, 1080),
    });
  });

  it('brings back the mode that was found, after another one was set for a guest before', () => {
    const plan = planMatch(asked({ outputs: [output({ lit: '1280x800' })], found: { 'HDMI-1': '0x50' } }));
    expect(plan.layout).toEqual([{ output: 'HDMI-1', mode: '0x50', at: box(0, 0, 1920, 1080) }]);
    expect(plan.window).toEqual(box(0, 0, 1920, 1080));
  });

  it('gets half the pixels where larger was chosen for this monitor, and only there', () => {
    const remembered = [{ monitor: 'plug:HDMI-1', way: 'larger', at: '2026-01-01T00:00:00Z' }] as const;
    expect(planMatch(asked({ remembered }))).toMatchObject({ way: 'larger', guestZoom: 2 });
    const elsewhere = planMatch(asked({ remembered, outputs: [output({ name: 'DP-1' })] }));
    expect(elsewhere).toMatchObject({ way: 'guestFollows', guestZoom: 1 });
  });

  it('is not offered half of a screen that is small already', () => {
    const small = output({ lit: '1024x768' });
    expect(planMatch(asked({ outputs: [small] })).choices).toEqual(['guestFollows']);
  });
});

describe('a guest that cannot follow', () => {
  it('has the screen take its size where the screen can', () => {
    const plan = planMatch(asked({ guest: still(1280, 800) }));
    expect(plan).toMatchObject({ way: 'screenFollows', window: box(0, 0, 1280, 800), guestZoom: null });
    expect(plan.layout).toEqual([{ output: 'HDMI-1', mode: '0x54', at: box(0, 0, 1280, 800) }]);
  });

  it('is shown sharp where the screen is a whole multiple of it', () => {
    const outputs = [output({ sizes: ['1920x1080', '960x540'] })];
    const plan = planMatch(asked({ outputs, guest: still(960, 540) }));
    expect(plan).toMatchObject({ way: 'scaled', layout: [], window: box(0, 0, 1920, 1080) });
  });

  it('gets the next larger mode of its aspect where none is equal', () => {
    const plan = planMatch(asked({ guest: still(1152, 720) }));
    expect(plan).toMatchObject({ way: 'screenFollows', place: box(0, 0, 1280, 800) });
    // Nearly as large, and sharp.
    expect(plan.window).toEqual(box(64, 40, 1152, 720));
  });

  it('is scaled by the viewer, which keeps its aspect, where no mode is like it', () => {
    const plan = planMatch(asked({ guest: still(720, 300) }));
    expect(plan).toMatchObject({ way: 'scaled', layout: [], window: box(0, 0, 1920, 1080) });
  });

  it('never has the screen grow beyond what it was found with', () => {
    const plan = planMatch(asked({ outputs: [output({ lit: '1024x768' })], guest: still(720, 400) }));
    expect(plan).toMatchObject({ way: 'scaled', layout: [], window: box(0, 0, 1024, 768) });
    expect(plan.picture).toEqual(box(0, 100, 1024, 568));
  });

  it('is scaled down where it is larger than every mode', () => {
    const plan = planMatch(
      asked({ outputs: [output({ lit: '800x600', sizes: ['800x600'] })], guest: still(1920, 1080) }),
    );
    expect(plan).toMatchObject({ way: 'scaled', window: box(0, 0, 800, 600) });
    expect(plan.choices).toEqual(['scaled']);
  });

  it('is left to the viewer while nobody knows its size', () => {
    const plan = planMatch(asked({ guest: { follows: false, size: null } }));
    expect(plan).toMatchObject({ way: 'scaled', layout: [], window: box(0, 0, 1920, 1080) });
  });

  it('is shown one to one, in the middle, where that was chosen', () => {
    const trying = { output: null, way: 'oneToOne' } as const;
    const plan = planMatch(asked({ guest: still(1024, 768), trying }));
    expect(plan).toMatchObject({ way: 'oneToOne', window: box(448, 156, 1024, 768), layout: [] });
  });
});

describe('odd PCs:', () => {
  it('a mode that was refused is not asked for again', () => {
    const plan = planMatch(asked({ guest: still(1280, 800), refused: ['HDMI-1 0x54'] }));
    expect(plan).toMatchObject({ way: 'screenFollows', layout: [{ mode: '0x52' }] });
    expect(plan.place).toEqual(box(0, 0, 1440, 900));
  });

  it('no mode is set on somebody’s desk', () => {
    const plan = planMatch(asked({ guest: still(1024, 768), maySetModes: false }));
    expect(plan).toMatchObject({ way: 'scaled', layout: [], window: box(0, 0, 1920, 1080) });
    expect(plan.choices).not.toContain('screenFollows');
  });

  it('an X server without RandR is one screen', () => {
    const plan = planMatch(asked({ outputs: [], screen: { width: 800, height: 600 } }));
    expect(plan).toMatchObject({ way: 'guestFollows', output: null, monitor: 'screen', layout: [] });
    expect(plan.window).toEqual(box(0, 0, 800, 600));
  });

  it('an output without modes is none', () => {
    const plan = planMatch(
      asked({ outputs: [output({ name: 'VGA-1', sizes: [], primary: true }), output()] }),
    );
    expect(plan.output).toBe('HDMI-1');
  });

  it('a monitor that was just plugged in is lit beside the guest’s, in the mode it is made for', () => {
    const monitor = {
      model: 'DEL-40f0',
      serial: 7,
      name: null,
      native: { width: 1280, height: 1024 },
      millimetres: null,
    };
    const beside = output({ name: 'VGA-1', lit: '', monitor });
    const plan = planMatch(asked({ outputs: [output(), beside] }));
    expect(plan.layout).toEqual([
      { output: 'HDMI-1', mode: '0x50', at: box(0, 0, 1920, 1080) },
      { output: 'VGA-1', mode: '0x53', at: box(1920, 0, 1280, 1024) },
    ]);
  });

  it('monitors that show the same place are put side by side', () => {
    const plan = planMatch(asked({ outputs: [output(), output({ name: 'VGA-1' })] }));
    expect(plan.layout.map(({ at }) => at.x)).toEqual([0, 1920]);
  });

  it('the guest moves when its monitor is unplugged, and the plug goes dark', () => {
    const gone = output({ name: 'HDMI-1', connected: false, primary: true });
    const plan = planMatch(asked({ outputs: [gone, output({ name: 'VGA-1', lit: '1280x1024' })] }));
    expect(plan).toMatchObject({ output: 'VGA-1', dark: ['HDMI-1'], window: box(0, 0, 1280, 1024) });
    expect(plan.layout).toHaveLength(1);
  });

  it('the guest goes to the monitor that was chosen last', () => {
    const outputs = [output({ primary: true }), output({ name: 'VGA-1', lit: '1280x1024' })];
    const remembered = [
      { monitor: 'plug:HDMI-1', way: 'guestFollows', at: '2026-01-01T00:00:00Z' },
      { monitor: 'plug:VGA-1', way: 'guestFollows', at: '2026-01-02T00:00:00Z' },
    ] as const;
    expect(planMatch(asked({ outputs, remembered })).output).toBe('VGA-1');
  });

  it('a standing screen is as high as the guest becomes', () => {
    const standing = output({ turned: true, lit: '1080x1920', sizes: ['1080x1920', '768x1024'] });
    expect(planMatch(asked({ outputs: [standing] })).window).toEqual(box(0, 0, 1080, 1920));
  });
});

it('every plan shows the guest inside its place, whatever the sizes are', () => {
  for (const lit of usual)
    for (const size of ['640x480', '720x400', '1366x768', '1080x1920', '3840x2160', '1x1', '4000x1']) {
      const [width = 0, height = 0] = size.split('x').map(Number);
      for (const way of [null, 'scaled', 'oneToOne', 'screenFollows', 'larger'] as const) {
        const trying = way === null ? null : { output: null, way };
        const plan = planMatch(asked({ outputs: [output({ lit })], guest: still(width, height), trying }));
        for (const [inner, outer] of [
          [plan.window, plan.place],
          [plan.picture, plan.window],
        ] as const) {
          expect(inner.x >= outer.x && inner.y >= outer.y).toBe(true);
          expect(inner.x + inner.width <= outer.x + outer.width).toBe(true);
          expect(inner.y + inner.height <= outer.y + outer.height).toBe(true);
          expect(Math.min(inner.width, inner.height)).toBeGreaterThan(0);
        }
      }
    }
});
