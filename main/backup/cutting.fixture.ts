// A program that backs up, checks, makes room or restores as a process of its own, so that a test can kill it at any
// instant, as a pulled stick or a power cut would. It is told all in one JSON argument; no secret is in it: the key lies
// in the vault. Tests only.
import type { Fault } from '../../preload/contract/fault';
import type { OnProgress } from '../../preload/contract/progress';
import type { Result } from '../../preload/contract/result';
import { checkBackup, pruneBackup, readRepository, restoreBackup, runBackup } from './backup';
import type { BackupPlaces } from './run';

export type CutAct = 'backup' | 'check' | 'prune' | 'restore';

export interface CutOrder {
  readonly act: CutAct;
  readonly places: BackupPlaces;
  readonly name: string;
}

const told: CutOrder = JSON.parse(process.argv[2] ?? '{}') as CutOrder;
const about = {
  ...{ places: told.places, name: told.name, signal: new AbortController().signal },
  onProgress: (({ stage }) => void process.stdout.write(`${stage}\n`)) satisfies OnProgress,
};

const acts: Readonly<Record<CutAct, () => Promise<Result<unknown>>>> = {
  backup: async () => {
    const repository = await readRepository(about.places.mountPoint, about.name);
    return repository.ok ? runBackup({ ...about, repository: repository.value }) : repository;
  },
  check: () => checkBackup({ ...about, sample: 'all' }),
  prune: () => {
    const keep = { last: 0, days: 0, weeks: 0, months: 0 };
    return pruneBackup({ ...about, keep, preview: false });
  },
  restore: () => restoreBackup({ ...about, guest: null, generation: null }),
};

function complain(fault: Fault): number {
  process.stderr.write(`${JSON.stringify(fault)}\n`);
  return 1;
}

void acts[told.act]().then((done) => process.exit(done.ok ? 0 : complain(done.fault)));
