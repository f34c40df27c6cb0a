import { expect, it, vi } from 'vitest';
import { keyWatch, pluggedNow } from './key-watch';

const locked = { at: 'locked', wrongTries: 0, waitSeconds: 0, fault: null } as const;

it('reads a key only when something new is plugged in while the screen asks, and a wrong one once', async () => {
  let plugged = 'a';
  let reads = 0;
  let found = 0;
  const watch = keyWatch({
    plugged: () => plugged,
    opens: async () => {
      reads++;
      return plugged.includes('key');
    },
    onKey: () => {
      found++;
    },
  });
  // Nothing is looked at before the screen asks, and what was there before is not new.
  plugged = 'a disk';
  watch.follow(locked);
  await vi.waitFor(() => expect(reads).toBe(0));
  plugged = 'a disk, an empty one';
  await vi.waitFor(() => expect(reads).toBe(1), { timeout: 10_000 });
  expect(found).toBe(0);
  plugged = 'a disk, a key';
  await vi.waitFor(() => expect(found).toBe(1), { timeout: 10_000 });
  // It opened nothing: the screen asks again, and the same key is not tried again.
  watch.follow({ at: 'looking' });
  watch.follow(locked);
  plugged = 'a disk';
  await vi.waitFor(() => expect(reads).toBe(3), { timeout: 10_000 });
  expect(found).toBe(1);
  watch.end();
});

it('tells disks, mounts and named paths apart from none', () => {
  expect(pluggedNow(['/no/such/path'])).not.toBe('');
  expect(pluggedNow([])).not.toBe(pluggedNow(['/']));
});
