// Asks one tool for its version by running it: being on the PATH says nothing about a broken library or a wrong build.
// What it prints is bounded and only searched for a version; it is never shown to the person.
import { run } from '../process/run';
import type { Tool } from './tools';

export interface ToolAnswer {
  readonly present: boolean;
  readonly version: string | null;
  /** Present, runs, and new enough. */
  readonly ok: boolean;
}

const missing: ToolAnswer = { present: false, version: null, ok: false };

/** Never faults: a tool that cannot be run is an answer too. At most 10 s and 256 KiB of output. */
export async function askTool(tool: Tool): Promise<ToolAnswer> {
  const ran = await run({
    program: tool.program,
    args: tool.args,
    stage: 'host.doctor',
    timeoutMs: 10_000,
    maxOutputBytes: 256 << 10,
    // Several of them end with 1 after printing their help or version; a signal is no answer.
    expected: [0, 1],
  });
  if (!ran.ok) return missing;
  const said = `${ran.value.stdout.toString('utf8')}\n${ran.value.stderr}`.trim().slice(0, 8_000);
  if (tool.version === null) return { present: true, version: null, ok: speaksOfIt(tool, said) };
  const version = tool.version.exec(said)?.[1] ?? null;
  return { present: true, version, ok: version !== null && isNewEnough(version, tool.least) };
}

/** QEMU without its SPICE module ends with 1 too, and says so. */
function speaksOfIt(tool: Tool, said: string): boolean {
  return tool.name === 'qemu-spice' ? /spice options:/.test(said) : said.length > 0;
}

/** Compares major and minor as numbers: 10.0 is newer than 9.2. */
export function isNewEnough(version: string, least: Tool['least']): boolean {
  if (least === null) return true;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > least[0] || (major === least[0] && minor >= least[1]);
}
