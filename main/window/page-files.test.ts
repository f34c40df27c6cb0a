import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { contentSecurityPolicy, pageFile, readPageFiles } from './page-files';

const folder = mkdtempSync(join(tmpdir(), 'soulpad-page-'));
mkdirSync(join(folder, 'app'));
writeFileSync(join(folder, 'secret.js'), 'outside');
writeFileSync(join(folder, 'app/index.html'), '<title>SoulPad</title>');
writeFileSync(join(folder, 'app/app.js'), 'inside');
writeFileSync(join(folder, 'app/notes.txt'), 'no page needs this');
symlinkSync('../secret.js', join(folder, 'app/link.js'));
afterAll(() => rmSync(folder, { recursive: true }));
const files = readPageFiles(join(folder, 'app'));
const get = (url: string) => pageFile(files, { method: 'GET', url });

it('serves the built files with their types', () => {
  expect(get('soulpad://app/index.html')?.type).toBe('text/html; charset=utf-8');
  expect(get('soulpad://app/index.html#bar')?.bytes.toString()).toContain('SoulPad');
  expect(get('soulpad://app/app.js?x=1')?.bytes.toString()).toBe('inside');
});

describe('nothing else can be had:', () => {
  it.each([
    'soulpad://app/',
    'soulpad://app/../secret.js',
    'soulpad://app/..%2fsecret.js',
    'soulpad://app/%2e%2e/secret.js',
    'soulpad://app//app.js',
    'soulpad://app/./../../etc/passwd',
    'soulpad://app/link.js',
    'soulpad://app/notes.txt',
    'soulpad://app/app.js%00.html',
    'soulpad://other/app.js',
    'file:///etc/passwd',
    'http://app/app.js',
    'not an address',
  ])('%s', (url) => {
    expect(get(url)).toBeNull();
  });

  it('nor by another method', () => {
    expect(pageFile(files, { method: 'POST', url: 'soulpad://app/app.js' })).toBeNull();
  });
});

it('says that the page is not built, and how to build it', () => {
  expect(() => readPageFiles(folder)).toThrow('npm run build');
});

it('has a policy without remote, inline or evaluated code', () => {
  expect(contentSecurityPolicy).toContain("default-src 'none'");
  expect(contentSecurityPolicy).toContain("script-src 'self';");
  expect(contentSecurityPolicy).not.toMatch(/unsafe|https?:|\*/);
});
