// What a machine can see on a picture: nothing runs out of the screen, no text is cut, what can be pressed is big enough.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** CSS pixels: 3 rem at the smallest size. Half a pixel is rounding. */
const least = 47.5;

/** Sentences about what is wrong; none when all is well. */
export async function defectsOf(page: Page, options: { fits: boolean }): Promise<string[]> {
  return page.evaluate(
    ({ leastPx, fits }) => {
      const found: string[] = [];
      const { innerWidth, innerHeight } = window;
      const named = (element: Element): string =>
        `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''} "${(element.textContent ?? '').slice(0, 40)}"`;
      const root = document.documentElement;
      if (root.scrollWidth > innerWidth)
        found.push(`the page is ${root.scrollWidth - innerWidth} px too wide`);
      if (fits && root.scrollHeight > innerHeight) {
        found.push(`the page is ${root.scrollHeight - innerHeight} px too high`);
      }
      for (const element of document.querySelectorAll('#root *, #root')) {
        if (element.closest('.spoken, svg, details:not([open]) > :not(summary)') !== null) continue;
        const box = element.getBoundingClientRect();
        const style = getComputedStyle(element);
        if (box.width === 0 || box.height === 0 || style.visibility === 'hidden') continue;
        if (box.left < -0.5 || box.right > innerWidth + 0.5)
          found.push(`out of the screen: ${named(element)}`);
        if (fits && box.bottom > innerHeight + 0.5) found.push(`under the screen: ${named(element)}`);
        const block = style.display !== 'inline';
        if (
          block &&
          !element.matches('input, .letters') && // both scroll to the caret
          element.scrollWidth > element.clientWidth + 1 &&
          element.clientWidth > 0
        ) {
          found.push(`too wide for its box: ${named(element)}`);
        }
        if (
          style.overflowY !== 'visible' &&
          element.scrollHeight > element.clientHeight + 1 &&
          element !== root
        ) {
          if (!['DIALOG', 'TEXTAREA'].includes(element.tagName))
            found.push(`cut at the bottom: ${named(element)}`);
        }
        if (
          element.matches('button, summary, .guest, .choice') &&
          (box.height < leastPx || box.width < leastPx)
        ) {
          found.push(`too small to hit, ${box.width.toFixed(0)}x${box.height.toFixed(0)}: ${named(element)}`);
        }
      }
      const title = document.querySelector('h1');
      if (title !== null) {
        const style = getComputedStyle(title);
        const inner =
          title.clientHeight - Number.parseFloat(style.paddingTop) - Number.parseFloat(style.paddingBottom);
        const lines = Math.round(inner / Number.parseFloat(style.lineHeight));
        if (lines > 2) found.push(`the title has ${lines} lines`);
      }
      const primary = document.querySelector('.btn:not(.second, .quiet)');
      if (primary !== null && primary.getBoundingClientRect().bottom > innerHeight) {
        found.push('the primary button is not on the first view');
      }
      const tops = [...document.querySelectorAll('.top > .tool')].map(
        (tool) => tool.getBoundingClientRect().top,
      );
      if (fits && tops.some((top) => Math.abs(top - (tops[0] ?? top)) > 2)) found.push('the tools wrap');
      return found;
    },
    { leastPx: least, fits: options.fits },
  );
}

/** What axe-core calls serious or critical. Its rules of thumb for layout regions do not fit a kiosk's single page. */
export async function axeFindings(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: runner } = window as unknown as {
      axe: {
        run: () => Promise<{ violations: { id: string; impact: string; nodes: { html: string }[] }[] }>;
      };
    };
    const { violations } = await runner.run();
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `axe ${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  });
}
