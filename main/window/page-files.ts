// The files that soulpad://app/ serves: read once at start into a fixed list. A request names a key of that list or gets
// 404, so no path from a request ever reaches the file system. Only types that the page needs are listed.
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';

export const appScheme = 'soulpad';
export const appOrigin = 'soulpad://app';

const typeOf: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
};

export interface PageFile {
  readonly type: string;
  readonly bytes: Buffer<ArrayBuffer>;
}

export type PageFiles = ReadonlyMap<string, PageFile>;

/** Regular files of the folder itself, at most 16 MiB each. Throws when it is missing: a bug of the build. */
export function readPageFiles(folder: string): PageFiles {
  const files = new Map<string, PageFile>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const type = typeOf[extname(entry.name)];
    const path = join(folder, entry.name);
    if (type === undefined || !entry.isFile() || statSync(path).size > 16 << 20) continue;
    files.set(`/${entry.name}`, { type, bytes: readFileSync(path) });
  }
  if (!files.has('/index.html')) throw new Error(`${folder} has no index.html: run \`npm run build\``);
  return files;
}

/** GET of soulpad://app/NAME, nothing else. Query and hash are the page's own. */
export function pageFile(files: PageFiles, asked: { method: string; url: string }): PageFile | null {
  if (asked.method !== 'GET' || !URL.canParse(asked.url)) return null;
  const { protocol, host, pathname } = new URL(asked.url);
  if (protocol !== `${appScheme}:` || host !== 'app') return null;
  return files.get(pathname) ?? null;
}

const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'font-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'none'",
  'base-uri': "'none'",
  'form-action': "'none'",
  'frame-ancestors': "'none'",
} as const;

export const contentSecurityPolicy = Object.entries(policy)
  .map(([name, value]) => `${name} ${value}`)
  .join('; ');

/** Sent with every file. */
export const pageHeaders: Readonly<Record<string, string>> = {
  'content-security-policy': contentSecurityPolicy,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy':
    'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=(), display-capture=()',
  'cache-control': 'no-store',
};
