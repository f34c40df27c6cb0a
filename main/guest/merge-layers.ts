// Carries out a merge of frozen layers (generation/merge.ts has the plan and why this way) with qemu-img. The caller
// holds the guest's lock. It must never write to a file that a manifest names: it copies, works on the copy, and until
// the manifest is replaced the old chain is what wakes. Cancelled or cut at any step, nothing but space is lost.
import { constants } from 'node:fs';
import { chmod, copyFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import { regularFileBytes } from '../files/bounded';
import { fsyncFile, fsyncFolder } from '../files/durable';
import { attempt } from '../files/errno';
import { collect, mergingFile } from '../generation/collect';
import {
  backingName,
  expectedBackings,
  type MergePlan,
  type MergeStep,
  mergedManifest,
  mergeSteps,
} from '../generation/merge';
import { addSum, type GuestPlace, generationPath, type Manifest, writeManifest } from '../generation/store';
import { run } from '../process/run';
import { checkLayer, inspectLayer } from './disk';

const stage = 'guest.mergeLayers';

export interface Merging {
  readonly place: GuestPlace;
  /** CURRENT's. */
  readonly manifest: Manifest;
  readonly plan: MergePlan;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds qemu-img may take; then it is ended and nothing has changed. */
  readonly timeoutMs: number;
  /**
   * The chain's guest runs: it is put on the merged layer before the manifest names that. qemu-img gets only what nobody
   * else wants of the PC, and nothing outside of the merged folders is collected.
   */
  readonly stand?: (merged: { readonly file: string; readonly after: Manifest }) => Promise<Result<unknown>>;
  /** Called before each step; a test cuts here. */
  readonly onStep?: (step: MergeStep) => void | Promise<void>;
}

/** The manifest that CURRENT's generation has now. Faults: damagedGuest, timeout, cancelled, toolMissing, full, io. */
export async function mergeLayers(about: Merging): Promise<Result<Manifest>> {
  const work: Work = { after: null };
  for (const { name } of mergeSteps) {
    if (about.signal?.aborted && work.after === null) return giveUp(about, cancelled);
    await about.onStep?.(name);
    const done = await acts[name](about, work);
    if (!done.ok) return giveUp(about, done.fault);
  }
  return ok(work.after ?? about.manifest);
}

interface Work {
  after: Manifest | null;
}

const cancelled: Fault = { code: 'cancelled', stage, message: 'merging was cancelled; nothing was changed' };

const acts: Readonly<Record<MergeStep, (about: Merging, work: Work) => Promise<Result<unknown>>>> = {
  copy: async (about) => {
    const trusted = await headersAgree(about);
    if (!trusted.ok) return trusted;
    const newest = about.plan.merged.at(-1);
    if (newest === undefined) throw new Error('a plan merges two layers or more');
    const source = join(about.place.folder, newest.folder, newest.file);
    return attempt(stage, async () => {
      await rm(mergingPath(about), { force: true });
      await copyFile(source, mergingPath(about), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
      await chmod(mergingPath(about), 0o600);
    });
  },
  rebase: (about) =>
    run({
      program: about.stand === undefined ? 'qemu-img' : 'nice',
      args: [
        ...(about.stand === undefined ? [] : ['-n', '19', 'ionice', '-c', 'idle', 'qemu-img']),
        ...['rebase', '-q', '-f', 'qcow2', '-F', 'qcow2'],
        ...['-b', backingName(about.plan.over), mergingPath(about)],
      ],
      stage,
      timeoutMs: about.timeoutMs,
      ...(about.signal === undefined ? {} : { signal: about.signal }),
    }),
  check: async (about) => {
    const facts = await inspectLayer(mergingPath(about));
    if (!facts.ok) return facts;
    if (facts.value.backing !== backingName(about.plan.over))
      return damaged(`${mergingPath(about)} stands on ${facts.value.backing}`);
    return checkLayer(mergingPath(about), about.signal);
  },
  fsync: (about) => fsyncFile(mergingPath(about), stage),
  rename: async (about) => {
    const named = await attempt(stage, () => rename(mergingPath(about), mergedPath(about)));
    return named.ok ? fsyncFolder(ownFolder(about), stage) : named;
  },
  writeManifest: async (about, work) => {
    const bytes = await regularFileBytes(mergedPath(about));
    if (bytes === null) return damaged(`${mergedPath(about)} is missing`);
    const { manifest, plan, signal } = about;
    const summed = await addSum(about.place, { number: manifest.number, file: plan.into, signal });
    if (!summed.ok) return summed;
    const after = mergedManifest({ manifest, plan, bytes });
    const stands = await about.stand?.({ file: mergedPath(about), after });
    if (stands !== undefined && !stands.ok) return stands;
    const written = await writeManifest(about.place, after);
    if (written.ok) work.after = after;
    return written;
  },
  collect: async (about) => {
    const { place, manifest, plan } = about;
    if (about.stand === undefined) return collect(place, manifest.number);
    for (const { generation } of plan.merged) {
      const collected = await collect(place, manifest.number, generation);
      if (!collected.ok) return collected;
    }
    return ok(undefined);
  },
};

/** Nothing names the files yet: the next merge would replace them, but their space is wanted now. */
async function giveUp(about: Merging, fault: Fault): Promise<Result<never>> {
  await rm(mergingPath(about), { force: true }).catch(() => {});
  return fail(fault);
}

/** qemu-img follows the headers: they must tell the very chain that the manifest tells. */
async function headersAgree({ place, manifest }: Merging): Promise<Result<void>> {
  for (const { layer, backing } of expectedBackings(manifest)) {
    const path = join(place.folder, layer.folder, layer.file);
    const facts = await inspectLayer(path);
    if (!facts.ok) return facts;
    if (facts.value.backing !== backing) return damaged(`${path} does not stand on ${backing}`);
  }
  return ok(undefined);
}

function damaged(message: string): Result<never> {
  return fail({ code: 'damagedGuest', stage, message });
}

function ownFolder({ place, manifest }: Merging): string {
  return generationPath(place, manifest.number);
}

function mergingPath(about: Merging): string {
  return join(ownFolder(about), mergingFile);
}

function mergedPath(about: Merging): string {
  return join(ownFolder(about), about.plan.into);
}
