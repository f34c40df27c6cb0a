// What the paper measured (Caceres, Carter, Narayanaswami, Raghunath: Reincarnating PCs with Portable SoulPads, MobiSys
// 2005, tables 1 to 6), as data beside our rows. All of its cycles were of a guest with 256 MB of memory.

export interface PaperRow {
  /** 'table 2', 'table 3', ... */
  readonly table: string;
  readonly row: string;
  /** Seconds, or for table 6 a response time relative to the physical PC's. */
  readonly mean: number;
  /** Null for the single sample runs of tables 3 and 4. */
  readonly stddev: number | null;
}

type Act = 'resume' | 'suspend';

/** MB/s as `hdparm -t` counts them (2^20 bytes), rounded; USB 1.1 is a link, not a disk. */
const tableTwo: Readonly<Record<number, { disk: string } & Record<Act, readonly [number, number]>>> = {
  45: { disk: 'internal IDE, 44.92 MB/s', resume: [116, 1.0], suspend: [10, 0.4] },
  23: { disk: 'PocketDrive, 23.09 MB/s', resume: [121, 4.3], suspend: [26, 1.2] },
  18: { disk: 'DataBank, 18.45 MB/s', resume: [141, 1.5], suspend: [22, 0.4] },
  8: { disk: 'MobileDrive, 8.13 MB/s', resume: [170, 2.6], suspend: [30, 0.2] },
  1: { disk: 'MobileDrive over USB 1.1', resume: [977, 34.5], suspend: [372, 29.2] },
};

export const paperSpeeds = Object.keys(tableTwo)
  .map(Number)
  .sort((a, b) => b - a);

/** Table 2 from power-on to power-off; table 5's "Encrypted" for the one disk it was measured on. */
export function paperCycle(about: { act: Act; speed: number; encrypted: boolean }): PaperRow | null {
  const { act, speed, encrypted } = about;
  if (encrypted && speed === 18) {
    const [mean, stddev] = act === 'resume' ? [139, 1.3] : [28, 0.6];
    return { table: 'table 5', row: 'Encrypted (streamlined host)', mean, stddev };
  }
  const found = tableTwo[speed];
  if (found === undefined || encrypted) return null;
  const [mean, stddev] = found[act];
  return { table: 'table 2', row: found.disk, mean, stddev };
}

const stage = (row: string, mean: number): PaperRow => ({ table: 'table 3', row, mean, stddev: null });

/** Table 3 up to the first VM stage: one sample run, DataBank (18 MB/s). */
export const paperBoot = {
  post: stage('BIOS Power-On Self-Test', 16.13),
  bootLoader: stage('Boot Loader', 1.02),
  kernel: stage('Host OS Kernel Startup', 5.79),
  initrd: stage('Host OS Init RAM Disk', 2.59),
  autoconfig: stage('Host OS Autoconfig', 56.83),
} as const satisfies Record<string, PaperRow>;

/** Tables 3 and 4: one sample run each, DataBank (18 MB/s). Before our first stage the host has to come up: 82.36 s there. */
export const paperStages = {
  postBootKernelInitrdAutoconfig: {
    table: 'table 3',
    row: 'BIOS ... Host OS Autoconfig',
    mean: 82.36,
    stddev: null,
  },
  stateLoadAndResume: { table: 'table 3', row: 'VM State Load + Resume', mean: 57.27, stddev: null },
  suspend: { table: 'table 4', row: 'VM Suspend', mean: 5.8, stddev: null },
  stateSave: { table: 'table 4', row: 'VM State Save', mean: 15.79, stddev: null },
} as const satisfies Record<string, PaperRow>;

/**
 * Table 6 is relative to the physical PC; ours to a guest on a fast plain disk, which is its "Virtual, IDE" (1.29 and
 * 1.26). What encryption on the stick added there: "Virtual, USB" over that.
 */
export const paperWork: PaperRow = {
  table: 'table 6',
  row: 'Virtual, USB over Virtual, IDE: Office Productivity (Internet Content Creation: 1.38 / 1.26 = 1.10)',
  mean: 1.42 / 1.29,
  stddev: null,
};
