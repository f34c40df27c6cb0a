// What a fault means to a person, in English, one entry a code: the title is the news, `happened` says what is, `advice`
// what can be done about it. The machine's own words are shown apart, under details. Nothing here blames or hurries.
import type { FaultWords } from './faults';

export const enFaults: FaultWords = {
  usage: {
    title: 'That request was not understood.',
    happened: 'A command or an option is not one that SoulPad knows.',
    advice: 'The details name the word.',
  },
  pathTooLong: {
    title: 'A folder name on this PC is too long.',
    happened: 'SoulPad keeps its working files in a folder whose path is longer than this PC can use.',
    advice: 'The details name the folder. A helper can choose a shorter one.',
  },
  secretTooShort: {
    title: 'That passphrase is too short.',
    happened: 'A passphrase needs at least 20 characters.',
    advice: 'Add words. Four or five are easy to remember.',
  },
  secretUnfit: {
    title: 'That passphrase has a character that cannot be kept.',
    happened: 'Some characters cannot be typed everywhere, or are stored differently by different programs.',
    advice: 'Use letters, digits, signs and spaces.',
  },
  damagedKeyslots: {
    title: 'The lock of the vault is damaged.',
    happened: 'The file that holds the lock did not pass its check.',
    advice: 'A helper can put back a copy of keyslots.json.',
  },
  damagedHeader: {
    title: 'The lock of the vault is damaged.',
    happened:
      'The header, where the locks of the encrypted disk are kept, did not pass its check. It was not changed.',
    advice: 'A helper can put back a copy of the header, if one was kept.',
  },
  ambiguousVault: {
    title: 'Two vaults say that they are the same one.',
    happened: 'Two disks carry the same vault number. One of them is a copy, and nothing was opened.',
    advice: 'Take out the disk that you do not want to open, and try again.',
  },
  damagedGuest: {
    title: 'Your desktop cannot be put together.',
    happened: 'The file that says how your desktop is built did not pass its check.',
    advice: 'A helper can put back a copy of guest.json.',
  },
  unusableFile: {
    title: 'No desktop can be made of this file.',
    happened: 'It is damaged, it is something else than its name says, or it needs a second file beside it.',
    advice: 'Choose another file. This one stays as it is.',
  },
  refusedDisk: {
    title: 'This disk is not written to.',
    happened: 'SoulPad writes a stick only to a removable disk that nobody uses.',
    advice: 'The details say what speaks against this one. Nothing on it was changed.',
  },
  damagedCurrent: {
    title: 'The newest moment cannot be named.',
    happened: 'The file that names the newest moment did not pass its check.',
    advice: 'A helper can read the details.',
  },
  damagedManifest: {
    title: 'The newest moment cannot be woken.',
    happened: 'Its list of parts did not pass the check.',
    advice: 'A helper can read the details.',
  },
  damagedState: {
    title: 'The newest moment cannot be woken.',
    happened: 'It did not pass the check. A part of it changed since it was written.',
    advice: 'A helper can read the details.',
  },
  damagedKeyFile: {
    title: 'The key on this USB disk is damaged.',
    happened: 'The key file does not have the right size or shape.',
    advice: 'Use another copy of the key, or your passphrase.',
  },
  missingVault: {
    title: 'There is no vault here.',
    happened: 'We looked where the vault should be and found none.',
    advice: 'Put the stick in, or choose another home for vaults.',
  },
  missingDisk: {
    title: 'The disk with the vault is not there.',
    happened: 'This PC does not see the disk on which the vault lies.',
    advice: 'Plug it in, or plug it into another socket.',
  },
  missingKeyslot: {
    title: 'That lock is not there.',
    happened: 'It may have been removed meanwhile.',
    advice: 'Look at the list again.',
  },
  missingGuest: {
    title: 'There is no desktop in this vault.',
    happened: 'The vault opened, but no desktop lives in it.',
    advice: 'A helper can add one with: soulpad guest add.',
  },
  missingGeneration: {
    title: 'There is no moment to wake.',
    happened: 'The saved moment that was asked for is not in the vault.',
    advice: 'A helper can list what is there with: soulpad timeline list.',
  },
  missingFile: {
    title: 'A needed file is not there.',
    happened: 'We looked for a file and did not find it.',
    advice: 'The details name the file.',
  },
  missingKey: {
    title: 'No key USB was found.',
    happened: 'None of the disks in this PC holds a key for this vault.',
    advice: 'Put the key USB in and try again, or type your passphrase.',
  },
  toolMissing: {
    title: 'This PC lacks a program we need.',
    happened: 'A program that SoulPad works with is not installed.',
    advice: 'A helper can see which one with: soulpad doctor.',
  },
  toolTooOld: {
    title: 'A program on this PC is too old.',
    happened: 'A program that SoulPad works with needs a newer version.',
    advice: 'A helper can see which one with: soulpad doctor.',
  },
  kernelLacks: {
    title: 'This Linux lacks something we need.',
    happened: 'The system on this PC cannot do what was asked of it.',
    advice: 'A helper can see what with: soulpad doctor.',
  },
  noMemory: {
    title: 'This PC has too little free memory to open the lock.',
    happened: 'The lock was made on a bigger PC and needs more memory than is free here.',
    advice: 'Close what runs, or use another PC.',
  },
  unfit: {
    title: 'This PC cannot wake your desktop.',
    happened: 'It lacks something that your desktop was saved with. Nothing was changed.',
    advice: 'Another PC can wake it. The details name what is missing here.',
  },
  displayLacks: {
    title: 'This screen cannot show your desktop.',
    happened: 'The display of this PC cannot do what was asked of it.',
    advice: 'Try another screen, or another PC.',
  },
  bug: {
    title: 'SoulPad made a mistake.',
    happened: 'Something happened that we did not expect.',
    advice: 'The details help us to mend it.',
  },
  protocol: {
    title: 'Two parts of SoulPad did not agree.',
    happened: 'One part sent words that the other does not know.',
    advice: 'Close SoulPad and start it again.',
  },
  alreadyThere: {
    title: 'Something is there already.',
    happened: 'We do not write over what exists.',
    advice: 'Choose another place or another name.',
  },
  full: {
    title: 'There is no room left to write.',
    happened: 'The disk that holds your vault is full.',
    advice: 'Make room on that disk, then try again.',
  },
  io: {
    title: 'Reading or writing did not work.',
    happened: 'A disk, or a connection between programs, gave an unexpected answer.',
    advice: 'If it happens again, try another USB port.',
  },
  guestDied: {
    title: 'Your desktop stopped by itself.',
    happened: 'The machine that your desktop ran in ended.',
    advice: 'What was not suspended is not in the saved moment.',
  },
  viewerDied: {
    title: 'The window to your desktop closed.',
    happened: 'The program that shows your desktop ended.',
    advice: 'You can open it again.',
  },
  timeout: {
    title: 'There was no answer in time.',
    happened: 'A part of SoulPad did not answer for too long.',
    advice: 'A slow disk can cause this. Try again.',
  },
  cancelled: {
    title: 'It was stopped.',
    happened: 'You or another program asked to stop, so we stopped.',
    advice: 'Begin again when you like.',
  },
  busy: {
    title: 'Another program uses your vault.',
    happened: 'One vault can be used by one program at a time.',
    advice: 'Close the other program. The details name it.',
  },
  secretForgotten: {
    title: 'Your passphrase was forgotten, for safety.',
    happened: 'Set-up stood still for half an hour, so what you had typed was wiped. Nothing was made yet.',
    advice: 'Choose your passphrase again.',
  },
  wrongSecret: {
    title: 'That passphrase does not fit.',
    happened: 'The vault did not open with it.',
    advice: 'Look at Caps Lock and at the keyboard, then try again.',
  },
  mistypedKey: {
    title: 'The recovery key has a typing mistake.',
    happened: 'It has the right length, but one group of digits cannot be right.',
    advice: 'Compare it with your paper. The details name the group.',
  },
  lastKeyslot: {
    title: 'This is the last way in.',
    happened: 'Without it only the recovery key, or nothing, would open the vault. It was not removed.',
    advice: 'Add another passphrase or key first.',
  },
  otherSecretNeeded: {
    title: 'Show that another way in works.',
    happened:
      'A lock is removed only with the secret of another one, so that nobody locks themselves out. Nothing was removed.',
    advice: 'Give a passphrase or key that opens another lock.',
  },
  denied: {
    title: 'SoulPad was not allowed to do that.',
    happened: 'This PC refused the access that was needed.',
    advice: 'A helper can see what is missing in the details.',
  },
  damagedBackup: {
    title: 'This backup is damaged.',
    happened: 'A part of what lies in the repository is not what was put there.',
    advice: 'Your desktop here is untouched. Back up to a second place, and let a helper look at this one.',
  },
  drillFailed: {
    title: 'The backup was tried and did not wake.',
    happened: 'A saved moment was restored to a scratch place, and what woke was not what you had saved.',
    advice: 'Your desktop here is untouched. Back up again, or to a second place, and try once more.',
  },
  missingRepository: {
    title: 'The backup cannot be reached.',
    happened: 'Its disk is not plugged in, or its server does not answer.',
    advice: 'Plug in the disk or connect to the network, then try again.',
  },
  readOnlyRepository: {
    title: 'Nothing can be written to this backup.',
    happened: 'Its disk or folder is read-only, or belongs to somebody else.',
    advice: 'Look for a lock switch on the disk, or ask whoever runs the server.',
  },
  lockedRepository: {
    title: 'Somebody else works on this backup.',
    happened: 'Another program or PC has it locked.',
    advice: 'Wait until it is done. A lock that nobody holds goes by itself after half an hour.',
  },
  clockWrong: {
    title: 'The clock of this PC is wrong.',
    happened: 'Dates of the backup and of this PC do not fit together.',
    advice: 'Set the clock, then try again. Nothing was removed.',
  },
  wrongBackupKey: {
    title: 'This key does not open the backup.',
    happened: 'The repository has another recovery key, or its own lock was changed.',
    advice: 'Compare the recovery sheet, digit by digit.',
  },
  wrongHostKey: {
    title: 'The server is not the one you know.',
    happened: 'It shows a host key that was not confirmed. It may be another computer.',
    advice: 'Ask whoever runs the server for its fingerprint, and compare. Nothing was sent.',
  },
};
