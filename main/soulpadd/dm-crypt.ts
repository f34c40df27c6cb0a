// Whether this kernel can map an encrypted disk: it has the device mapper, and dm-crypt in it or as a module.
import { existsSync, readFileSync } from 'node:fs';
import { release } from 'node:os';
import { join } from 'node:path';

export function hasDmCrypt(): boolean {
  if (existsSync('/sys/module/dm_crypt')) return true;
  if (!existsSync('/dev/mapper/control')) return false;
  return ['modules.dep', 'modules.builtin'].some((name) => {
    try {
      return /\/dm-crypt\.ko/.test(readFileSync(join('/lib/modules', release(), name), 'utf8'));
    } catch {
      return false;
    }
  });
}
