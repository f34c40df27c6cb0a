// The import rule is only worth something if it bites: each of its rules, on a small tree that breaks it.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';

const root = join(import.meta.dirname, '../../..');
const reportSchema = z.object({
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

let tree = '';

beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'import-rule-'));
});

afterEach(() => {
  rmSync(tree, { recursive: true, force: true });
});

/** Names of the rules broken by the tree of these files (path -> text). */
async function brokenRules(files: Readonly<Record<string, string>>): Promise<string[]> {
  const all = { 'tsconfig.base.json': readFileSync(join(root, 'tsconfig.base.json'), 'utf8'), ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
  const program = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const rules = join(root, '.dependency-cruiser.cjs');
  const ran = await execa(process.execPath, [program, '--config', rules, '--output-type', 'json', ...tops], {
    cwd: tree,
    reject: false,
  });
  const { summary } = reportSchema.parse(JSON.parse(ran.stdout));
  return [...new Set(summary.violations.map(({ rule }) => rule.name))].sort();
}

const empty = 'export const it = 1;\n';
const importing = (path: string) => `export { it } from '${path}';\n`;

const wrong: [string, Record<string, string>][] = [
  [
    'vault-shows-only-its-public-files',
    { 'main/perform/a.ts': importing('../vault/inside'), 'main/vault/inside.ts': empty },
  ],
  [
    'keeper-shows-only-its-public-files',
    { 'main/cli/a.ts': importing('../keeper/adopt'), 'main/keeper/adopt.ts': empty },
  ],
  [
    'vault-imports-its-neighbours-only',
    { 'main/vault/a.ts': importing('../guest/store'), 'main/guest/store.ts': empty },
  ],
  [
    'qmp-imports-its-neighbours-only',
    { 'main/qmp/a.ts': importing('../guest/store'), 'main/guest/store.ts': empty },
  ],
  ['every-organ-is-named-here', { 'main/perform/a.ts': importing('../utils/a'), 'main/utils/a.ts': empty }],
  ['nobody-imports-a-root', { 'main/story.ts': importing('./index'), 'main/index.ts': empty }],
  [
    'nobody-imports-a-root',
    { 'main/cli.ts': importing('./keeper/keeper-program'), 'main/keeper/keeper-program.ts': empty },
  ],
  [
    'the-contract-imports-nothing-of-ours',
    { 'preload/contract/a.ts': importing('../bridge'), 'preload/bridge.ts': empty },
  ],
  [
    'the-bridge-knows-only-the-contract',
    { 'preload/bridge.ts': importing('../main/ipc/ipc'), 'main/ipc/ipc.ts': empty },
  ],
  [
    'the-app-knows-only-the-contract',
    { 'app/a.ts': importing('../main/flow/state'), 'main/flow/state.ts': empty },
  ],
  ['the-app-is-only-drawn', { 'app/a.ts': "export { readFile } from 'node:fs';\n" }],
  ['the-flow-is-pure', { 'main/flow/a.ts': "export { randomBytes } from 'node:crypto';\n" }],
  ['nothing-of-main-imports-the-app', { 'main/story.ts': importing('../app/ask'), 'app/ask.ts': empty }],
  [
    'the-cli-takes-only-words-of-the-app',
    { 'main/cli/a.ts': importing('../../app/ask'), 'app/ask.ts': empty },
  ],
  ['words-are-data', { 'app/text/en.ts': importing('../ask'), 'app/ask.ts': empty }],
  ['only-the-kiosk-knows-electron', { 'main/keeper/a.ts': "export { app } from 'electron';\n" }],
  ['no-circle', { 'main/flow/a.ts': importing('./b'), 'main/flow/b.ts': importing('./a') }],
  [
    'product-does-not-import-tests',
    { 'main/qmp/a.ts': importing('./b.fixture'), 'main/qmp/b.fixture.ts': empty },
  ],
];

test.each(wrong)('%s bites', async (rule, files) => {
  expect(await brokenRules(files)).toContain(rule);
});

test('a tree that keeps the rule passes', async () => {
  const files = {
    'main/index.ts': "export { it } from './vault/vault';\nexport { app } from 'electron';\n",
    'main/vault/vault.ts':
      "export { it } from './inside';\nexport type { Fault } from '../../preload/contract/fault';\n",
    'main/vault/inside.ts': importing('../process/run'),
    'main/process/run.ts': empty,
    'main/cli/sentences.ts': importing('../../app/text/en'),
    'app/text/en.ts': empty,
    'preload/contract/fault.ts': 'export interface Fault { readonly code: string }\n',
  };
  expect(await brokenRules(files)).toEqual([]);
});
