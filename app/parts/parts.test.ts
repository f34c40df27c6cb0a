// Parts have no words and no state: they are drawn in every language, and what they show comes from above.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.tsx'));
const spoken = ['aria-label', 'title', 'alt', 'placeholder', 'aria-valuetext'];

function wordsIn(name: string): string[] {
  const source = readFileSync(join(import.meta.dirname, name), 'utf8');
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && /\p{L}/u.test(node.text)) found.push(node.text.trim());
    if (ts.isJsxAttribute(node) && spoken.includes(node.name.getText()) && node.initializer !== undefined) {
      if (ts.isStringLiteral(node.initializer)) found.push(node.initializer.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX));
  return found;
}

describe.each(files)('%s', (name) => {
  it('has no words of its own', () => {
    expect(wordsIn(name)).toEqual([]);
  });

  it('holds no state', () => {
    const source = readFileSync(join(import.meta.dirname, name), 'utf8');
    expect(source).not.toMatch(/useState|useReducer|useView|from '\.\.\/ask'|from '\.\.\/view'/);
  });
});
