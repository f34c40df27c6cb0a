// A live checkpoint as data, like protocol.ts: the session's folder becomes a generation while the guest lives on in the
// next folder, on a new layer. The guest stands from `pause` to `goOn` only; no fsync of a big file lies between. What
// is promised is the same: whatever ends us, the next wake finds the old generation or the new one, both whole, and
// the files that the guest has saved since are in the layers that its session.json names.
//
//   reversible  until the step has been done, the guest can go on in the same layer as if nothing had happened; later
//               it goes on in the next one, also when the checkpoint fails
import type { Step } from './protocol';

export type CheckpointStepName =
  | 'prepare'
  | 'pause'
  | 'switchLayer'
  | 'copyState'
  | 'goOn'
  | 'writeState'
  | 'fsyncFiles'
  | 'writeManifest'
  | 'fsyncFolder'
  | 'writeCurrent'
  | 'renameCurrent'
  | 'fsyncGuestFolder'
  | 'verify'
  | 'giveBack';

const before = { killed: 'old', powerCut: 'old' } as const;

export const checkpointSteps = [
  {
    name: 'prepare',
    does: 'room is found, the next folder and its empty layer are made, the layer is flushed',
    ...before,
    reversible: true,
  },
  { name: 'pause', does: 'stops the vCPUs; QEMU flushes its disks', ...before, reversible: true },
  {
    name: 'switchLayer',
    does: 'QEMU writes into the next layer; this one is frozen',
    ...before,
    reversible: true,
  },
  {
    name: 'copyState',
    does: 'device state goes to a file, changed pages into our memory',
    ...before,
    reversible: false,
  },
  { name: 'goOn', does: 'the vCPUs run again', ...before, reversible: false },
  {
    name: 'writeState',
    does: 'the copied pages reach the disk, while the guest runs',
    ...before,
    reversible: false,
  },
  { name: 'fsyncFiles', does: 'layer and state reach the disk', ...before, reversible: false },
  { name: 'writeManifest', does: 'manifest.json, written durably', ...before, reversible: false },
  { name: 'fsyncFolder', does: 'the folder and its name reach the disk', ...before, reversible: false },
  {
    name: 'writeCurrent',
    does: 'the next CURRENT under its temporary name, fsynced',
    ...before,
    reversible: false,
  },
  { name: 'renameCurrent', does: 'CURRENT names the checkpoint', ...before, reversible: false },
  {
    name: 'fsyncGuestFolder',
    does: 'the rename reaches the disk',
    killed: 'new',
    powerCut: 'either',
    reversible: false,
  },
  {
    name: 'verify',
    does: 'everything written is read back, its sums recorded',
    killed: 'new',
    powerCut: 'new',
    reversible: false,
  },
  {
    name: 'giveBack',
    does: 'the checkpoint before it, of the same session, is thinned out',
    killed: 'new',
    powerCut: 'new',
    reversible: false,
  },
] as const satisfies readonly Step<CheckpointStepName>[];
