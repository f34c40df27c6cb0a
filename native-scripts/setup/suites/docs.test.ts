// A document that names a file of ours names one that exists. Only the repository's own top-level folders count;
// `out/`, patterns and placeholders do not.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../..');
const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join('docs', name)),
];

/** Paths in backquotes and in links. */
function pathsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`((?:app|main|preload|native-scripts|e2e|docs|\.ci)\/[\w./-]*)`/g)];
  const linked = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)];
  return [...quoted, ...linked].map((match) => match[1] ?? '');
}

test.each(pages)('every path that %s names exists', (page) => {
  const text = readFileSync(join(root, page), 'utf8');
  const missing = pathsIn(text).filter((path) => {
    const beside = join(root, relative(root, join(root, page, '..')), path);
    return !existsSync(join(root, path)) && !existsSync(beside);
  });
  expect(missing).toEqual([]);
});
