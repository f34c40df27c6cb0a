// Where a program lies, asked before it is started or after it could not be: spawn(2) says EACCES both of a program
// that may not be executed and of one that is nowhere, where a folder of PATH is closed to us.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The program's file on PATH, null when it is nowhere there. A path is taken as it is. */
export function findProgram(program: string, path = process.env.PATH ?? ''): string | null {
  if (program.includes('/')) return program;
  for (const folder of path.split(delimiter)) {
    const file = join(folder, program);
    if (folder !== '' && isProgram(file)) return file;
  }
  return null;
}

/** It is there, and this user may execute it. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
