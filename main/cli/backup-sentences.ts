// What the backup verbs say to a person. Pure: data in, lines out.

import { sayBytes, saySeconds } from './sentences';
import type { DataOf } from './surface';

type Facts = DataOf<'backup.status'>['repositories'][number];

export function sayRepositories(data: DataOf<'backup.status'>): readonly string[] {
  if (data.repositories.length === 0)
    return ['No repository is known yet. Add one with: soulpad backup init.'];
  return data.repositories.flatMap(sayRepository);
}

function sayRepository(facts: Facts): readonly string[] {
  const good =
    facts.lastGoodAt === null
      ? `${facts.name} (${facts.location}) has no backup yet.`
      : `${facts.name} (${facts.location}): last good backup ${facts.lastGoodAt}, generation ${facts.generation ?? '?'}.`;
  return [
    good,
    ...(facts.check === 'damaged' ? [`  It is damaged, seen ${facts.checkedAt ?? ''}.`] : []),
    ...(facts.drill === null ? ['  It was never tried.'] : [`  ${sayDrill(facts.drill)}`]),
    ...(facts.fault === null ? [] : [`  The last run failed: ${facts.fault.code}, ${facts.fault.message}`]),
  ];
}

export function sayDrill(drill: NonNullable<Facts['drill']>): string {
  return drill.passed
    ? `Tried ${drill.at}: generation ${drill.generation} of ${drill.guest} woke as it was.`
    : `Tried ${drill.at}: it did not wake as it was. ${drill.fault?.message ?? ''}`;
}

export function sayBackupRun(data: DataOf<'backup.run'>): readonly string[] {
  return data.runs.map((run) => {
    if (run.fault !== null) return `${run.repository}: ${run.fault.message}`;
    if (run.moments.length === 0) return `${run.repository}: all saved moments are there already.`;
    return `${run.repository}: ${run.moments.length} moment(s), ${sayBytes(run.bytesMoved)} moved in ${saySeconds(run.seconds)}.`;
  });
}

export function sayMoments(data: DataOf<'backup.list'>): readonly string[] {
  if (data.moments.length === 0) return [`Nothing lies in ${data.repository}.`];
  return data.moments.map(
    (moment) => `${moment.at}  ${moment.guest}, generation ${moment.generation}, from ${moment.from}`,
  );
}

export function sayPruned(data: DataOf<'backup.prune'>): readonly string[] {
  if (data.moments.length === 0) return ['Nothing goes: every moment there is kept by the policy.'];
  const what = data.preview ? 'would go' : 'went';
  return data.moments.map(
    (moment) => `${moment.at}  ${moment.guest}, generation ${moment.generation}, ${what}`,
  );
}

export function sayRestored(data: DataOf<'backup.restore'>): readonly string[] {
  return data.restored.map(
    (one) =>
      `${one.guest} is back as generation ${one.generation}, of ${one.at}: ${sayBytes(one.bytes)} in ${saySeconds(one.seconds)}.`,
  );
}
