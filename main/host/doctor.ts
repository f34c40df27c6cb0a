// doctor: what this PC is and what it has for SoulPad, each thing really tried. It changes nothing, installs nothing
// and needs no root; what is missing comes with the command that gets it.
import type { Place } from '../../preload/contract/view';
import { probeKvm } from '../guest/qemu';
import { findStateMap } from '../guest/state-map';
import { witnessMachine } from '../guest/witness';
import { soulpaddDisks } from '../vault/luks2/remote';
import { askTool, type ToolAnswer } from './ask-tool';
import { readElectronNote } from './electron-note';
import { mayMountFuse, probeDevice, probeSandbox, type Sandbox } from './probes';
import { type Tool, tools } from './tools';

export interface ToolReport {
  readonly name: string;
  readonly version: string | null;
  readonly need: string;
  readonly ok: boolean;
  readonly required: boolean;
  readonly use: string;
  readonly how: string | null;
}

export interface Doctor {
  readonly place: Place;
  readonly uid: number;
  readonly sandbox: Sandbox;
  readonly electron: { readonly version: string | null; readonly source: 'official' | 'registry' | 'none' };
  readonly qemu: { readonly version: string | null; readonly ok: boolean };
  readonly kvm: 'usable' | 'denied' | 'absent';
  readonly vaultKinds: ('gocryptfs' | 'luks2')[];
  readonly engines: ('full' | 'lazy')[];
  readonly tools: ToolReport[];
  /** Everything that this place needs is here. */
  readonly ok: boolean;
  readonly notes: string[];
}

/** Takes a second or two: it starts every tool once. Never faults: what is wrong is what it reports. */
export async function examine(about: {
  readonly place: Place;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): Promise<Doctor> {
  const uid = process.getuid?.() ?? 0;
  const electron = readElectronNote();
  const asked = await Promise.all(tools.map(async (tool) => ({ tool, answer: await askTool(tool) })));
  const sandbox = await probeSandbox({
    uid,
    switchedOff: (about.environment.SOULPAD_NO_SANDBOX ?? '') !== '',
    helper: electron.sandboxHelper,
  });
  const fuse = probeDevice('/dev/fuse');
  const has = (name: string): boolean => asked.some(({ tool, answer }) => tool.name === name && answer.ok);
  const gocryptfs = has('gocryptfs') && has('fusermount3') && fuse === 'usable' && mayMountFuse(uid);
  const luks2 = (await soulpaddDisks()).ok;
  const reports = asked.map(({ tool, answer }) => report({ tool, answer, place: about.place }));
  const qemu = asked.find(({ tool }) => tool.name === 'qemu-system-x86_64')?.answer;
  const kvm = await probeKvm(witnessMachine);
  const vaultKinds = [...(gocryptfs ? ['gocryptfs' as const] : []), ...(luks2 ? ['luks2' as const] : [])];
  const facts = {
    place: about.place,
    uid,
    sandbox,
    electron: { version: electron.version, source: electron.source },
    qemu: { version: qemu?.version ?? null, ok: qemu?.ok ?? false },
    kvm,
    vaultKinds,
    engines:
      qemu?.ok === true ? ['full' as const, ...(findStateMap() === null ? [] : ['lazy' as const])] : [],
    tools: reports,
    ok: vaultKinds.length > 0 && reports.every((tool) => tool.ok || !tool.required),
  };
  return { ...facts, notes: notesOn({ ...facts, fuse }) };
}

function report(about: { tool: Tool; answer: ToolAnswer; place: Place }): ToolReport {
  const { tool, answer, place } = about;
  const { least } = tool;
  return {
    name: tool.name,
    version: answer.version,
    need: least === null ? 'any' : `>=${least[0]}.${least[1]}`,
    ok: answer.ok,
    required: isRequired(tool, place),
    use: tool.use,
    how: answer.ok ? null : howToGet(tool),
  };
}

/** A key USB and the other places' X servers are never needed by everybody. */
function isRequired(tool: Tool, place: Place): boolean {
  if (tool.neededAt === 'everywhere' || tool.neededAt === 'vault') return true;
  return tool.neededAt === place;
}

function howToGet(tool: Tool): string {
  const from = tool.backports === true ? ' -t bookworm-backports' : '';
  return `sudo apt-get install --no-install-recommends${from} ${tool.package}`;
}

function notesOn(seen: Omit<Doctor, 'notes' | 'ok'> & { readonly fuse: string }): string[] {
  const notes: string[] = [];
  if (seen.kvm !== 'usable') {
    notes.push(
      seen.kvm === 'denied'
        ? 'KVM is there but not open to this user, so guests run slowly: join the group kvm.'
        : 'This PC offers no KVM, so guests run in software, many times slower.',
    );
  }
  if (seen.fuse !== 'usable')
    notes.push(`/dev/fuse is ${seen.fuse}: a gocryptfs vault cannot be opened here.`);
  if (seen.electron.source === 'registry')
    notes.push('Electron is a stand-in from the registry: good for tests here, not for a release.');
  if (seen.electron.source === 'none') notes.push('There is no Electron yet: `npm start` provides it.');
  if (seen.sandbox === 'off')
    notes.push('Electron runs without its sandbox, because SOULPAD_NO_SANDBOX is set.');
  if (seen.sandbox === 'none')
    notes.push('Electron would have no sandbox here: the kernel gives an ordinary user no user namespaces.');
  notes.push('LUKS2 vaults and the lazy engine are not there yet.');
  return notes;
}
