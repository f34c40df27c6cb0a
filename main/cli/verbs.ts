// All verbs of the CLI, in the order of a person's story: the help lists them so.
import { backupVerbs } from './backup';
import { restoreVerb } from './backup-restore';
import { doctorVerb } from './doctor';
import { guestVerbs } from './guest';
import { guestAddVerb } from './guest-add';
import { fitVerb } from './guest-fit';
import { keyslotVerbs } from './keyslots';
import { stickVerbs } from './stick';
import { timelineVerbs } from './timeline';
import { vaultVerbs } from './vault';
import type { AnyVerb } from './verb';

export const verbs: readonly AnyVerb[] = [
  doctorVerb,
  ...vaultVerbs,
  ...keyslotVerbs,
  ...guestVerbs,
  fitVerb,
  guestAddVerb,
  ...timelineVerbs,
  ...backupVerbs,
  restoreVerb,
  ...stickVerbs,
];
