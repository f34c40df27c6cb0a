import { expect, it } from 'vitest';
import { gatherOutput } from './build-output';

it('hands on whole lines without control sequences, as a terminal would show them at last', () => {
  const pushed: string[] = [];
  const output = gatherOutput((text) => void pushed.push(text));
  output.hear('\u001b[1;32mGet:1\u001b[0m apt\r\nfetching 10%\rfetching ');
  output.hear('100%\r\nbell\u0007\u0000 \u001b]0;title\u0007done\nhalf');
  output.end();
  expect(pushed.join('')).toBe('Get:1 apt\nfetching 100%\nbell done\nhalf\n');
});

it('gathers what comes together, and goes on afterwards', async () => {
  const pushed: string[] = [];
  const output = gatherOutput((text) => void pushed.push(text));
  for (let line = 0; line < 50; line++) output.hear(`${line}\n`);
  await expect.poll(() => pushed.length).toBe(1);
  output.hear('more\n');
  await expect.poll(() => pushed[1]).toBe('more\n');
});

it('keeps the last 4 KiB of a flood, and never a line without an end', () => {
  const pushed: string[] = [];
  const output = gatherOutput((text) => void pushed.push(text));
  for (let line = 0; line < 20_000; line++) output.hear(`line ${line}\n`);
  output.hear('x'.repeat(10_000_000));
  output.end();
  expect(pushed.every((text) => text.length <= 4096)).toBe(true);
  expect(pushed.join('')).toContain('line 19999\n');
  expect(pushed.join('').length).toBeLessThanOrEqual(4096);
});
