import { describe, expect, it } from 'vitest';
import { isOurMount, mountAt, mountName, parseMounts, readMounts } from './mounts';

const uuid = '1dcc98fb-52ff-412b-a9a0-e4756e92f0fb';
const text = [
  'proc /proc proc rw 0 0',
  `${mountName(uuid)} /run/a\\040b\\134c/café fuse.gocryptfs rw,nosuid,nodev 0 0`,
  'tmpfs /over tmpfs rw 0 0',
  'other /over fuse.sshfs rw 0 0',
  'short line',
].join('\n');

describe('what is mounted', () => {
  const mounts = parseMounts(text);

  it('decodes the octal escapes of blanks and backslashes and keeps UTF-8 names', () => {
    expect(mounts[1]?.target).toBe('/run/a b\\c/café');
    expect(mounts).toHaveLength(4);
  });

  it('takes the topmost mount on a folder', () => {
    expect(mountAt('/over', mounts)?.source).toBe('other');
    expect(mountAt('/nowhere', mounts)).toBeNull();
  });

  it('knows our mount by type and name, not by place alone', () => {
    const ours = mountAt('/run/a b\\c/café', mounts);
    expect(isOurMount(ours, uuid)).toBe(true);
    expect(isOurMount(ours, uuid.replace('1', '2'))).toBe(false);
    expect(isOurMount({ source: mountName(uuid), target: '/x', type: 'tmpfs' }, uuid)).toBe(false);
    expect(isOurMount(null, uuid)).toBe(false);
  });

  it("reads this machine's mounts", () => {
    expect(readMounts().some((mount) => mount.target === '/proc')).toBe(true);
  });
});
