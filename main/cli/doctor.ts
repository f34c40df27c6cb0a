// `soulpad doctor`: what this PC is and has, as a table with the command for each thing that is missing.
import { ok } from '../../preload/contract/result';
import { examine } from '../host/doctor';
import { findPlace } from '../place/place';
import type { DataOf } from './surface';
import { verb } from './verb';

export const doctorVerb = verb({
  topic: 'doctor',
  words: ['doctor'],
  operand: null,
  options: [],
  help: 'Say what this PC has and what is missing.',
  run: async () => {
    const { place } = await findPlace(process.env);
    return ok(await examine({ place, environment: process.env }));
  },
  say: sayDoctor,
});

const places = {
  stick: 'started from a stick',
  desk: 'on a desktop',
  virtual: 'without a display',
} as const;

const sandboxes = {
  userNamespaces: 'by user namespaces',
  setuid: 'by its setuid helper',
  off: 'switched off',
  none: 'none',
} as const;

export function sayDoctor(seen: DataOf<'doctor'>): readonly string[] {
  const wide = Math.max(...seen.tools.map((tool) => tool.name.length), 8);
  const electron = seen.electron.version ?? 'not there yet';
  return [
    `This PC:   ${places[seen.place]}, user ${seen.uid}, KVM ${seen.kvm}`,
    `Electron:  ${electron} (${seen.electron.source}), sandbox: ${sandboxes[seen.sandbox]}`,
    `Vaults:    ${seen.vaultKinds.join(', ') || 'none can be opened here'}`,
    `Engines:   ${seen.engines.join(', ') || 'none'}`,
    '',
    ...seen.tools.map((tool) => {
      const state = tool.ok ? 'ok     ' : tool.required ? 'MISSING' : 'absent ';
      const version = (tool.version ?? (tool.ok ? 'there' : '-')).padEnd(9);
      return `  ${state}  ${tool.name.padEnd(wide)}  ${version}  ${tool.need.padEnd(7)}  ${tool.use}`;
    }),
    ...seen.tools.filter((tool) => tool.how !== null).map((tool) => `To get ${tool.name}: ${tool.how}`),
    '',
    ...seen.notes,
    seen.ok ? 'Everything that is needed is here.' : 'Something that is needed is missing.',
  ];
}
