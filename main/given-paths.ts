// The paths that the kiosk was started with, beside what it looks for by itself. A path is no secret; what lies there is
// read where it is needed, never here.

/** `--key PATH` (repeatable): where else a key USB may lie. */
export function keyPaths(given: readonly string[]): readonly string[] {
  return pathsOf('--key', given);
}

/**
 * Both `--name=PATH` and `--name PATH`. `--batteries FOLDER`: where batteries are told, in place of the kernel's folder.
 * `--image FILE`: the image of a stick, in place of what was built here. `--disk FILE`: a regular file that stands for a
 * disk beside the real ones; it is erased only by its name, as they are.
 */
export function pathsOf(
  name: '--key' | '--batteries' | '--image' | '--disk',
  given: readonly string[],
): readonly string[] {
  return given.flatMap((argument, index) => {
    if (argument.startsWith(`${name}=`)) return [argument.slice(name.length + 1)];
    const next = given[index + 1];
    return argument === name && next !== undefined ? [next] : [];
  });
}
