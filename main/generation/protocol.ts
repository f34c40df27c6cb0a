// The suspend protocol as data: every named step in order. The keeper executes this list, the fault tests enumerate
// it. The promise it encodes: whatever ends us, the next wake finds the old generation or the new one, both whole.
//
//   killed    what the next wake finds when our processes are killed just before the step (the kernel lives on)
//   powerCut  the same when the power goes: a rename without the fsync of its folder may be kept or lost
//   reversible  until the step has been done, the guest can go on in the same layer as if nothing had happened

export type StepName =
  | 'pause'
  | 'saveState'
  | 'fsyncFiles'
  | 'writeManifest'
  | 'fsyncFolder'
  | 'writeCurrent'
  | 'renameCurrent'
  | 'fsyncGuestFolder'
  | 'verify'
  | 'quit';

export type Found = 'old' | 'new';

export interface Step<Name extends string = string> {
  readonly name: Name;
  readonly does: string;
  readonly killed: Found;
  readonly powerCut: Found | 'either';
  readonly reversible: boolean;
}

export const suspendSteps = [
  {
    name: 'pause',
    does: 'stops the vCPUs; QEMU flushes its disks',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
  {
    name: 'saveState',
    does: 'the engine writes RAM and device state into the new folder',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
  {
    name: 'fsyncFiles',
    does: 'layer and state reach the disk',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
  {
    name: 'writeManifest',
    does: 'manifest.json, written durably',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
  {
    name: 'fsyncFolder',
    does: 'the new folder and its name reach the disk',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
  {
    name: 'writeCurrent',
    does: 'the next CURRENT under its temporary name, fsynced',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
  {
    name: 'renameCurrent',
    does: 'CURRENT names the new generation',
    killed: 'old',
    powerCut: 'old',
    reversible: true,
  },
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
  { name: 'quit', does: 'QEMU ends', killed: 'new', powerCut: 'new', reversible: false },
] as const satisfies readonly Step<StepName>[];

/** Called before each step of a suspend or a checkpoint; a test cuts here. */
export type OnStep = (step: Step) => void | Promise<void>;
