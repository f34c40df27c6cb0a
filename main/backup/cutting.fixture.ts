// A program that backs up as a process of its own, so that a test can kill it at any instant, as a pulled stick or a
// power cut would. It is told all in one JSON argument; no secret is in it: the key lies in the vault. Tests only.
import { readRepository, runBackup } from './backup';
import type { BackupPlaces } from './run';

const { places, name } = JSON.parse(process.argv[2] ?? '{}') as { places: BackupPlaces; name: string };

async function main(): Promise<number> {
  const repository = await readRepository(places.mountPoint, name);
  if (!repository.ok) return 66;
  const done = await runBackup({
    ...{ places, repository: repository.value, signal: new AbortController().signal },
    onProgress: ({ stage }) => process.stdout.write(`${stage}\n`),
  });
  if (done.ok) return 0;
  process.stderr.write(`${JSON.stringify(done.fault)}\n`);
  return 1;
}

void main().then((status) => process.exit(status));
