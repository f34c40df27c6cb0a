// Carries out what is asked of the ways into a vault: tells them, edits them, draws a recovery key, keeps the settings. An
// edit and its secrets lie here between the person's act and the one call that makes it, beside the flow, and are wiped
// with it. A recovery key that is drawn opens nothing until it was typed back and added.
import { basename } from 'node:path';
import type { Fault } from '../../preload/contract/fault';
import { fail, ok, type Result } from '../../preload/contract/result';
import type { WayDone, WayEdit, Ways } from '../../preload/contract/ways';
import type { Effect, Event } from '../flow/state';
import { copyOfSecret } from '../process/secret-bytes';
import { isTwoFactor, provingKeyslots } from '../vault/keyslots/guards';
import { readSettings, writeSettings } from '../vault/settings';
import type { NewKeyslot, OpenVault, VaultFacts, Vaults } from '../vault/vault';
import type { ChosenVault } from './chosen-vault';
import { withKeyUsb } from './given-secret';
import type { Keys, RunningGuest } from './parts';
import type { SetupSecrets } from './setup-secrets';

type KioskEvent = Event<OpenVault, RunningGuest>;
export type WaysEffect = Extract<
  Effect<OpenVault, RunningGuest>,
  { do: 'readWays' | 'editWay' | 'pickKeyFolder' | 'drawRecovery' | 'forgetWays' | 'saveSettings' }
>;

const waysEffects: Readonly<Record<WaysEffect['do'], true>> = {
  ...{ readWays: true, editWay: true, pickKeyFolder: true },
  ...{ drawRecovery: true, forgetWays: true, saveSettings: true },
};

export function isOfWays(effect: Effect<OpenVault, RunningGuest>): effect is WaysEffect {
  return effect.do in waysEffects;
}

/** Holds one edit until it is taken. */
export interface EditBox {
  /** Takes over its bytes; an edit that still lay here is wiped. */
  put(edit: WayEdit): void;
  take(): WayEdit | null;
  wipe(): void;
}

export function editBox(): EditBox {
  let held: WayEdit | null = null;
  const wipe = (): void => {
    if (held !== null) wipeEdit(held);
    held = null;
  };
  return {
    wipe,
    put: (edit) => {
      wipe();
      held = edit;
    },
    take: () => {
      const edit = held;
      held = null;
      return edit;
    },
  };
}

export function wipeEdit(edit: WayEdit): void {
  edit.now.fill(0);
  if ('given' in edit) edit.given.fill(0);
}

export interface WaysOrgans {
  readonly chosen: ChosenVault;
  readonly vaults: Vaults;
  readonly keys: Keys;
  readonly edits: EditBox;
  /** Keeps the recovery key that was drawn. */
  readonly newRecovery: SetupSecrets;
  /** Main's own dialog. Null: closed without a choice. */
  readonly chooseFolder: () => Promise<string | null>;
}

/** The names that new keyslots get; the screen says kinds in the person's language. */
const names = {
  passphrase: 'passphrase',
  keyUsb: 'key USB',
  both: 'both',
  recovery: 'recovery key',
} as const;

export function waysPerformer(about: {
  readonly organs: WaysOrgans;
  readonly send: (event: KioskEvent) => void;
  readonly start: (work: Promise<void>, failed: (fault: Fault) => KioskEvent) => void;
}): (effect: WaysEffect) => void {
  const { organs, send, start } = about;
  const { vaults, edits, newRecovery } = organs;
  let keyFolder: string | null = null;

  const read = async (vault: OpenVault): Promise<void> => {
    const facts = await vaults.status(vault.home);
    if (!facts.ok) return send({ is: 'waysFailed', fault: facts.fault });
    send({ is: 'waysRead', ways: await waysOf(facts.value, vault) });
  };

  const edit = async (vault: OpenVault): Promise<void> => {
    const asked = edits.take();
    if (asked === null) return send({ is: 'wayEditFailed', fault: noEdit });
    try {
      const done = await carryOut(asked, vault);
      if (!done.ok) return send({ is: 'wayEditFailed', fault: done.fault });
      keyFolder = null;
      send({ is: 'wayEdited', ways: await waysOf(done.value, vault), done: doneBy(asked) });
    } finally {
      wipeEdit(asked);
    }
  };

  const carryOut = async (asked: WayEdit, { home }: OpenVault): Promise<Result<VaultFacts>> => {
    const add = asked.act === 'add' ? newKeyslot(asked) : null;
    if (add !== null && !add.ok) return add;
    const bytes = copyOfSecret(asked.now);
    const secret = await withKeyUsb(organs, { kind: 'passphrase', bytes });
    switch (asked.act) {
      case 'remove':
        return vaults.removeKeyslot({ home, secret, id: asked.id });
      case 'change':
        return vaults.changePassphrase({ home, secret, id: asked.id, bytes: copyOfSecret(asked.given) });
      case 'add':
        if (add === null) return fail(noEdit);
        return vaults.addKeyslot({ home, secret, name: names[asked.kind], add: add.value });
    }
  };

  const newKeyslot = (asked: WayEdit & { act: 'add' }): Result<NewKeyslot> => {
    const { kind } = asked;
    if (kind === 'recovery') {
      const key = newRecovery.takeRecovery();
      return key === null ? fail(noEdit) : ok({ kind, bytes: key });
    }
    if (kind === 'passphrase') return ok({ kind, bytes: copyOfSecret(asked.given) });
    if (keyFolder === null) return fail(noFolder);
    return ok(kind === 'both' ? { kind, bytes: copyOfSecret(asked.given), keyFolder } : { kind, keyFolder });
  };

  const pick = async (): Promise<void> => {
    const folder = await organs.chooseFolder();
    if (folder !== null) keyFolder = folder;
    send({ is: 'keyFolderPicked', folder: folder === null ? null : basename(folder).slice(0, 300) });
  };

  const failed = (fault: Fault): KioskEvent => ({ is: 'wayEditFailed', fault });
  return (effect) => {
    switch (effect.do) {
      case 'readWays':
        return start(read(effect.vault), (fault) => ({ is: 'waysFailed', fault }));
      case 'editWay':
        return start(edit(effect.vault), failed);
      case 'pickKeyFolder':
        return start(pick(), failed);
      case 'drawRecovery':
        newRecovery.forget();
        return send({ is: 'newRecoveryDrawn', asked: newRecovery.recoveryGroups() });
      case 'saveSettings':
        return start(
          writeSettings(effect.vault, effect.settings).then((saved) => {
            if (!saved.ok) send({ is: 'waysFailed', fault: saved.fault });
          }),
          failed,
        );
      case 'forgetWays':
        keyFolder = null;
        edits.wipe();
        return newRecovery.forget();
    }
  };
}

async function waysOf(facts: VaultFacts, vault: OpenVault): Promise<Ways> {
  const { keyslots } = facts;
  return {
    ways: keyslots.map(({ id, name, kind }) => ({
      ...{ id, name, kind },
      removable: provingKeyslots({ slots: keyslots, id }).ok,
    })),
    twoFactor: isTwoFactor(keyslots),
    settings: await readSettings(vault),
  };
}

function doneBy(asked: WayEdit): WayDone {
  return asked.act === 'add' ? asked.kind : asked.act;
}

const stage = 'vault.ways';
const noEdit: Fault = { code: 'bug', stage, message: 'no edit was handed over' };
const noFolder: Fault = { code: 'missingFile', stage, message: 'no folder was chosen for the key file' };
