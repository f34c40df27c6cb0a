// The build's words, taken apart.
import { expect, test } from 'vitest';
import type { Progress } from '../../../preload/contract/progress';
import { makeLines, makePace, readMark } from './marks';

function linesOf(parts: readonly string[]): readonly string[] {
  const heard: string[] = [];
  const lines = makeLines((line) => heard.push(line));
  for (const part of parts) lines.add(part);
  lines.end();
  return heard;
}

test('text is cut into lines wherever the terminal cut it', () => {
  expect(linesOf(['one\r\ntw', 'o\r', '\nthree'])).toEqual(['one', 'two', 'three']);
});

test('a progress bar that returns to the line’s start is heard step by step', () => {
  expect(linesOf(['10%\r20%\r', '30%\r\n'])).toEqual(['10%', '20%', '30%']);
});

test('a line without end is handed on in pieces', () => {
  const heard = linesOf(Array.from({ length: 10 }, () => 'x'.repeat(20_000)));
  expect(Math.max(...heard.map((line) => line.length))).toBeLessThan(100_000);
  expect(heard.join('')).toHaveLength(200_000);
});

test.each([
  ['Unpacking tint2 (17.0.1-1) ...'],
  ['{"progress":{"stage":"dance","done":1,"total":2,"unit":"bytes","secondsLeft":null,"reversible":true}}'],
  ['{"progress":{"stage":"fetch","done":-1,"total":2,"unit":"bytes","secondsLeft":null,"reversible":true}}'],
  ['{"fault":{"code":"no such","message":""}}'],
  ['{"downloadBytes":1e300,"installedBytes":1,"packages":1}'],
  ['{'],
  ['{}'],
  ['null'],
])('%s is no mark', (line) => {
  expect(readMark(line)).toBeNull();
});

test('a fault, sizes and a result are marks', () => {
  const fault = { fault: { code: 'full', message: 'need 2 MiB, have 1 MiB', hint: 'make room' } };
  const sizes = { downloadBytes: 1, installedBytes: 2, packages: 3 };
  const result = { file: '/a b/"c".qcow2', bytes: 4, seconds: 5 };
  for (const mark of [fault, sizes, result]) expect(readMark(JSON.stringify(mark))).toEqual(mark);
});

const report = (stage: Progress['stage'], done: number): Progress => ({
  stage,
  done,
  total: 100,
  unit: 'steps',
  secondsLeft: null,
  reversible: true,
});

test('the time left goes by this stage’s own pace, and falls from stage to stage', () => {
  const pace = makePace();
  const first = pace(report('fetch', 0), 0).secondsLeft ?? 0;
  const slow = pace(report('fetch', 10), 30).secondsLeft ?? 0;
  const near = pace(report('fetch', 90), 270).secondsLeft ?? 0;
  const last = pace(report('image', 100), 400).secondsLeft;
  // Ten per cent took thirty seconds: 270 more, and the stages that follow.
  expect(slow - near).toBeCloseTo(240, 0);
  expect(first).toBeLessThan(slow);
  expect(last).toBe(0);
});
