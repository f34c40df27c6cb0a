// Where a state is being saved: what QEMU itself says of how it runs, and this PC's name. It goes into the manifest, so
// that the next PC can tell before it writes anything whether it can wake the guest. Whatever does not answer is null:
// a suspend never fails for it.
import { cpuSum, pcName } from '../fit/this-pc';
import type { SavedOn } from '../generation/store';
import type { Qmp } from '../qmp/commands';

export async function savedOnThisPc(qmp: Qmp): Promise<SavedOn> {
  const [kvm, version, cpu, pc] = await Promise.all([
    qmp.execute('query-kvm', {}),
    qmp.execute('query-version', {}),
    cpuSum(),
    pcName(),
  ]);
  const told = version.ok ? version.value.qemu : null;
  return {
    accelerator: kvm.ok ? (kvm.value.enabled ? 'kvm' : 'tcg') : null,
    qemu: told === null ? null : `${told.major}.${told.minor}.${told.micro}`,
    cpu,
    pc,
  };
}
