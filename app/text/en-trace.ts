// What the last screen says about the PC, in English (en.ts has its place).
export const enTrace = {
  disks: "This PC's disks were not touched",
  noneSeen: 'This system has no driver for them',
  seen: 'All are read-only, and nothing was written',
  written: 'Something was written to another disk',
  writtenBody: '{{size}} went to a disk that is not the stick',
  memory: "This PC's memory is erased when it switches off",
  memoryBody: 'No part of your desktop stays in it',
  memoryKept: "This PC's memory is not erased",
  memoryKeptBody: 'Leave it switched off for five minutes',
  network: 'Nobody could reach this PC over the network',
  networkBody: 'No program here waited for a call',
  listening: 'This PC can be reached over the network',
  listeningBody: 'A program here waits for calls',
};
