// The generation organ's outside: what keeper, guest organ and CLI use of it. Everything is asked about a GuestPlace
// (a guest's folder in an open vault and who the guest is); nothing is held in memory between two questions.
export { chainOf } from './chain';
export { collect } from './collect';
export { holdFiles, letGo } from './held';
export { interruptedAfter, savedUntil, unsavedLayers } from './interrupted';
export {
  generationFolder,
  type Manifest,
  type RamFile,
  type SavedOn,
} from './manifest';
export { beginNextSession, layersOf, readSession, recordStanding, standOn } from './next-session';
export {
  type GuestPlace,
  generationPath,
  listGenerations,
  nextNumber,
  readCurrent,
  readManifest,
  readSessionRecord,
} from './read';
export { type RolledBack, rollBack } from './roll-back';
export { freeRoom, planRoom, type RoomPlan } from './room';
export {
  beginSession,
  clearSaving,
  discardSession,
  fsyncGuestFolder,
  fsyncSession,
  fsyncSessionFolder,
  renameCurrent,
  type SessionPlace,
  savedFilesOf,
  seal,
  stageCurrent,
  unseal,
  writeManifest,
} from './seal';
export { addSum, readSums, recordSums, type Sums } from './sums';
export { type Keep, keepByDefault, planThin, thinOut } from './thin';
export { olderGeneration, verifyBeforeResume, verifyGeneration } from './verify';
