// The import rule: who may import whom. `npm test` runs it over the whole tree, and
// native-scripts/setup/suites/import-rule.test.ts proves on a small wrong tree that each rule bites.
//
// An organ is a folder of main/. Others may import its public files, named here, and nothing else of it: a new public
// file is one line. Tests and their fixtures (*.test.ts, *.fixture.ts) may look inside.
const publicFiles = {
  backup: ['backup', 'new-stick'],
  cli: [],
  display: ['display', 'x-authority', 'x-windows'],
  files: ['.*'],
  fit: ['fit', 'this-pc'],
  flow: ['state', 'to-view', 'transition'],
  generation: ['.*'],
  guest: ['.*'],
  host: ['doctor', 'electron-note', 'pc-state', 'trace'],
  ipc: ['ipc'],
  keeper: ['battery', 'handle', 'guest-lock', 'trial'],
  keyboard: ['keyboard'],
  perform: ['.*'],
  reader: ['reader'],
  place: ['place', 'session-bus', 'electron-command', 'look-words', 'x-server'],
  preferences: ['preferences'],
  process: ['.*'],
  qmp: ['commands', 'errors'],
  socket: ['.*'],
  stick: ['build', 'disks', 'image-place', 'write'],
  soulpadd: [],
  timeline: ['acts', 'moments', 'waking'],
  vault: [
    'vault',
    'open-vaults',
    'homes',
    'survey',
    'both-secret',
    'keyslots/guards',
    'settings',
    'places',
    'luks2/.*',
    'mounts',
    'key-usb/read-key',
    'key-usb/sources',
    'passphrase',
    'recovery/recovery-key',
  ],
  window: ['sheet', 'window'],
};

/** What an organ may import besides itself and the contract. The composition roots (main/*.ts) may import all public files. */
const mayImport = {
  backup: ['files', 'generation', 'guest', 'keeper', 'process', 'qmp', 'socket'],
  cli: [
    'backup',
    'fit',
    'generation',
    'guest',
    'host',
    'keeper',
    'place',
    'process',
    'stick',
    'timeline',
    'vault',
  ],
  display: ['process', 'window'],
  files: [],
  fit: ['generation', 'guest'],
  flow: [],
  generation: ['files'],
  guest: ['files', 'generation', 'process', 'qmp', 'socket'],
  host: ['generation', 'guest', 'keeper', 'place', 'process', 'vault'],
  ipc: [],
  keeper: ['files', 'fit', 'generation', 'guest', 'process', 'qmp', 'socket', 'vault'],
  keyboard: ['display', 'files', 'process'],
  perform: [
    'backup',
    'display',
    'fit',
    'flow',
    'generation',
    'guest',
    'keeper',
    'process',
    'stick',
    'timeline',
    'vault',
  ],
  place: ['display', 'files', 'process'],
  preferences: ['files'],
  process: [],
  reader: ['display', 'process'],
  qmp: ['process', 'socket'],
  socket: ['files', 'process'],
  stick: ['files', 'guest', 'process', 'socket'],
  soulpadd: ['files', 'process', 'socket', 'vault'],
  timeline: ['fit', 'generation', 'guest', 'keeper'],
  vault: ['files', 'process', 'socket'],
  window: ['process'],
};

const tests = '\\.(test|fixture)\\.tsx?$';
const built = '^(node_modules|out|dist)/';

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const organRules = Object.keys(publicFiles).flatMap((organ) => [
  {
    name: `${organ}-shows-only-its-public-files`,
    comment: `Others import main/${organ} by: ${publicFiles[organ].join(', ') || 'nothing but its roots'}.`,
    severity: 'error',
    from: {
      path: '^(main|app|preload|e2e)/',
      pathNot: [`^main/${organ}/`, tests, '^main/[^/]+\\.ts$', '^e2e/'],
    },
    to: {
      path: `^main/${organ}/`,
      pathNot: `^main/${organ}/(${publicFiles[organ].join('|') || '$^'})\\.ts$`,
    },
  },
  {
    name: `${organ}-imports-its-neighbours-only`,
    comment: `main/${organ} may import: ${mayImport[organ].join(', ') || 'the contract'}.`,
    severity: 'error',
    from: { path: `^main/${organ}/`, pathNot: tests },
    to: { path: '^main/[^/]+/', pathNot: [organ, ...mayImport[organ]].map((name) => `^main/${name}/`) },
  },
]);

module.exports = {
  forbidden: [
    ...organRules,
    {
      name: 'every-organ-is-named-here',
      comment: 'A new folder of main/ states its public files and its neighbours in this file.',
      severity: 'error',
      from: {},
      to: { path: '^main/[^/]+/', pathNot: Object.keys(publicFiles).map((organ) => `^main/${organ}/`) },
    },
    {
      name: 'nobody-imports-a-root',
      comment:
        'main/index.ts, cli.ts, launch.ts and the *-program.ts files put the house together; nothing imports them.',
      severity: 'error',
      from: { pathNot: tests },
      to: { path: '^main/((index|cli|launch)|.*-program)\\.ts$' },
    },
    {
      name: 'the-contract-imports-nothing-of-ours',
      severity: 'error',
      from: { path: '^preload/contract/', pathNot: tests },
      to: { path: '^(app|main|e2e|native-scripts)/|^preload/(?!contract/)' },
    },
    {
      name: 'the-bridge-knows-only-the-contract',
      severity: 'error',
      from: { path: '^preload/' },
      to: { path: '^(app|main|e2e|native-scripts)/' },
    },
    {
      name: 'the-app-knows-only-the-contract',
      severity: 'error',
      from: { path: '^app/' },
      to: { path: '^(main|e2e|native-scripts)/|^preload/(?!contract/)' },
    },
    {
      name: 'the-app-is-only-drawn',
      comment: 'The renderer has neither Node nor Electron; its one way out is window.kiosk.',
      severity: 'error',
      from: { path: '^app/', pathNot: tests },
      to: { dependencyTypes: ['core'], path: '.*' },
    },
    {
      name: 'the-flow-is-pure',
      comment: 'No Electron, Node, clock or random: only the contract.',
      severity: 'error',
      from: { path: '^main/flow/', pathNot: tests },
      to: { pathNot: '^(main/flow|preload/contract)/' },
    },
    {
      name: 'nothing-of-main-imports-the-app',
      comment:
        "But the CLI says the screens' words: app/text's English sentences, which are data. A test may start e2e's emulated PC.",
      severity: 'error',
      from: { path: '^main/', pathNot: ['^main/cli/', '\\.test\\.ts$'] },
      to: { path: '^(app|e2e)/' },
    },
    {
      name: 'the-cli-takes-only-words-of-the-app',
      severity: 'error',
      from: { path: '^main/cli/' },
      to: { path: '^(app|e2e)/', pathNot: '^app/text/en(-faults)?\\.ts$' },
    },
    {
      name: 'words-are-data',
      comment: 'Neither React nor a library: the CLI says them too.',
      severity: 'error',
      from: { path: '^app/text/en(-faults)?\\.ts$' },
      to: { pathNot: '^(app/text|preload/contract)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'only-the-kiosk-knows-electron',
      comment: 'Keeper, owner, launch and CLI run on plain Node.',
      severity: 'error',
      from: {
        path: '^main/',
        pathNot: ['^main/(index|answers|story)\\.ts$', '^main/(ipc|window|display|perform)/', tests],
      },
      to: { path: '^(node_modules/)?electron(/|$)' },
    },
    {
      name: 'no-circle',
      severity: 'error',
      from: { pathNot: tests },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'product-does-not-import-tests',
      severity: 'error',
      from: { pathNot: [tests, '^e2e/'] },
      to: { path: tests },
    },
  ],
  options: {
    doNotFollow: { path: built },
    exclude: { path: '^(out|dist|test-results)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.cjs', '.js', '.json'] },
  },
};
