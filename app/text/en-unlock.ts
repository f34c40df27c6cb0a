// The sentences of the unlock screen's ways to type, see and hear, in English (en.ts has their place).
export const enUnlock = {
  /** The disks whose keys do not fit, by name. */
  wrongKeys: 'Tried: {{names}}. Plug in another key USB, or type your passphrase.',
  strip: {
    layout: 'Keyboard: {{name}}',
    unknown: 'Keyboard',
    test: 'Test my keys',
    screen: 'Keyboard on screen',
  },
  layouts: {
    title: 'Which keyboard do you have?',
    search: 'Search for a language or a name',
    found: 'Keyboards',
    none: 'No keyboard here is called that.',
    more: 'There are more. Type a part of the name to find them.',
    failed: 'That keyboard cannot be used here. The one before stays.',
  },
  test: {
    title: 'What do your keys write?',
    body: 'Type here to see it. This field is no secret, so do not type your passphrase.',
    label: 'Try your keys here',
    other: 'Another keyboard',
  },
  keys: {
    label: 'Keyboard on screen',
    delete: 'Delete',
    capitals: 'Capitals',
    signs: 'More signs',
    space: 'Space',
    close: 'Close',
    none: 'The keys of this keyboard cannot be shown here.',
  },
  /** Several vaults in one place. A mark is the start of a vault's number. */
  vaults: {
    title: 'Which vault do you want to open?',
    own: { stick: 'The vault of this stick', desk: 'Your first vault' },
    mark: 'Mark {{mark}}',
    choose: 'Go on',
    twin: 'Another vault here has the same mark. One of them is a copy, so neither is opened. Take one away, then look again.',
    sameName: 'Some vaults here have the same name. Compare their marks before you type a passphrase.',
    which: 'Vault: {{name}}',
    whichMarked: 'Vault: {{name}}, mark {{mark}}',
    other: 'Another vault',
  },
  remember: {
    label: 'Remember language, look, keyboard and last vault',
    note: {
      stick: 'They are kept on the stick in plain letters, outside your vault. Nothing else is.',
      desk: 'They are kept on this PC in plain letters, outside your vault. Nothing else is.',
    },
    failed: 'They cannot be kept here.',
  },
  aloud: {
    on: 'Read aloud',
    off: 'Stop reading',
    shown: 'Only on the screen, not read aloud',
    body: 'A voice reads the screen to you. What you type into the passphrase field is never read.',
  },
};
