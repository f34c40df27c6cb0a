// The throttle on plain folders that look like the kernel's: which file gets which line. That the kernel then obeys is
// what `bench state` shows against dd (cgroup v1 here; nothing here has a v2 io controller to try).
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const script = join(import.meta.dirname, 'throttle');
let cgroups = '';

beforeEach(() => {
  cgroups = mkdtempSync(join(tmpdir(), 'soulpad-cgroups-'));
});
afterEach(() => rmSync(cgroups, { recursive: true }));

const throttle = (...args: readonly string[]) =>
  execa(script, ['--cgroups', cgroups, ...args], { reject: false });
const said = (file: string): string => readFileSync(join(cgroups, file), 'utf8').trim();

test('cgroup v1: the limit goes into the files of the root group, 0 lifts it, joining is nothing', async () => {
  mkdirSync(join(cgroups, 'blkio'));
  for (const way of ['read', 'write'])
    writeFileSync(join(cgroups, `blkio/blkio.throttle.${way}_bps_device`), '');
  writeFileSync(join(cgroups, 'blkio/blkio.throttle.read_iops_device'), '');
  expect((await throttle('set', '7:0', '8388608', '1000')).exitCode).toBe(0);
  expect(said('blkio/blkio.throttle.read_bps_device')).toBe('7:0 8388608');
  expect(said('blkio/blkio.throttle.write_bps_device')).toBe('7:0 8388608');
  expect(said('blkio/blkio.throttle.read_iops_device')).toBe('7:0 1000');
  expect((await throttle('set', '7:0', '0')).exitCode).toBe(0);
  expect(said('blkio/blkio.throttle.read_iops_device')).toBe('7:0 0');
  expect(said('blkio/blkio.throttle.write_bps_device')).toBe('7:0 0');
  expect((await throttle('join', '1')).exitCode).toBe(0);
});

test('cgroup v2: a group of ours has the limit and takes the processes; 0 is max', async () => {
  writeFileSync(join(cgroups, 'cgroup.controllers'), 'cpuset cpu io memory pids\n');
  writeFileSync(join(cgroups, 'cgroup.subtree_control'), '');
  expect((await throttle('set', '7:1', '1048576')).exitCode).toBe(0);
  expect(said('cgroup.subtree_control')).toBe('+io +memory'); // without memory, writeback escapes the limit
  expect(said('soulpad-slow-disk/io.max')).toBe('7:1 rbps=1048576 wbps=1048576 riops=max');
  expect((await throttle('join', '4711')).exitCode).toBe(0);
  expect(said('soulpad-slow-disk/cgroup.procs')).toBe('4711');
  expect((await throttle('set', '7:1', '0')).exitCode).toBe(0);
  expect(said('soulpad-slow-disk/io.max')).toBe('7:1 rbps=max wbps=max riops=max');
  expect((await throttle('leave', '4711')).exitCode).toBe(0);
  expect(said('cgroup.procs')).toBe('4711');
});

test('without a controller it says so and exits 69; bad numbers exit 64', async () => {
  writeFileSync(join(cgroups, 'cgroup.controllers'), 'cpuset cpu\n');
  const refused = await throttle('check');
  expect(refused.exitCode).toBe(69);
  expect(refused.stderr).toContain('io controller');
  expect((await throttle('set', '7:0', '-1')).exitCode).toBe(64);
  expect((await throttle('set', '../etc', '1')).exitCode).toBe(64);
});
