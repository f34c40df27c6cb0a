import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultHome, makeRuntimeFolder, placesOf, runtimeRoot } from './places';
import type { VaultPlaces } from './vault';

const uuid = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';

describe('the places of a vault', () => {
  let ground: string;
  beforeEach(() => {
    ground = mkdtempSync(join(tmpdir(), 'places-'));
  });
  afterEach(() => rmSync(ground, { recursive: true, force: true }));

  const placesIn = (root: string): VaultPlaces => {
    const places = placesOf({ kind: 'gocryptfs', home: '/h', uuid, root });
    if (!places.ok) throw new Error(places.fault.message);
    return places.value;
  };

  it('take the home from SOULPAD_HOME, then the XDG data home', () => {
    expect(defaultHome({ SOULPAD_HOME: '/a', XDG_DATA_HOME: '/b' })).toBe('/a');
    expect(defaultHome({ XDG_DATA_HOME: '/b' })).toBe('/b/soulpad');
    expect(defaultHome({})).toMatch(/\/\.local\/share\/soulpad$/);
  });

  it('take the runtime root from XDG_RUNTIME_DIR only when that folder is there', () => {
    expect(runtimeRoot({ XDG_RUNTIME_DIR: ground })).toBe(join(ground, 'soulpad'));
    const own = `/tmp/soulpad-${process.getuid?.()}`;
    expect(runtimeRoot({ XDG_RUNTIME_DIR: join(ground, 'none') })).toBe(own);
    expect(runtimeRoot({ XDG_RUNTIME_DIR: 'relative' })).toBe(own);
    expect(runtimeRoot({})).toBe(own);
  });

  it('are refused when sockets would not fit their 107 bytes', () => {
    const places = placesOf({ kind: 'gocryptfs', home: '/h', uuid, root: `/${'r'.repeat(60)}` });
    expect(places).toMatchObject({ ok: false, fault: { code: 'pathTooLong' } });
  });

  it('make a runtime folder that is closed to others', () => {
    const places = placesIn(join(ground, 'soulpad'));
    expect(makeRuntimeFolder(places).ok).toBe(true);
    expect(makeRuntimeFolder(places).ok).toBe(true);
    expect(statSync(places.runtimeFolder).mode & 0o777).toBe(0o700);
  });

  it('refuse a runtime root that others may enter, that is a link, or a file', () => {
    const open = join(ground, 'open');
    mkdirSync(open);
    chmodSync(open, 0o755);
    expect(makeRuntimeFolder(placesIn(open))).toMatchObject({ ok: false, fault: { code: 'denied' } });
    chmodSync(open, 0o700);
    symlinkSync(open, join(ground, 'link'));
    expect(makeRuntimeFolder(placesIn(join(ground, 'link')))).toMatchObject({ fault: { code: 'denied' } });
  });
});
