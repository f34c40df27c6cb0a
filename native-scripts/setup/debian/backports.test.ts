// The machine's own apt sources, in both formats, become the backports source.
import { expect, test } from 'vitest';
import { describeBackports, readDeb822, readOneLine } from './backports.mjs';

const deb822 = `Types: deb
# http://snapshot.example/archive
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main
`;

test('a deb822 source gives its address and its key', () => {
  expect(describeBackports(readDeb822(deb822), 'bookworm-backports')).toBe(
    'Types: deb\nURIs: http://mirror.example/debian\nSuites: bookworm-backports\nComponents: main\n' +
      'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
  );
});

test('a one-line source gives its address, its key and its trust', () => {
  const text =
    '# a comment\ndeb [arch=amd64 signed-by=/k.gpg trusted=yes] http://m.example/debian bookworm main contrib\n';
  expect(describeBackports(readOneLine(text), 'bookworm-backports')).toBe(
    'Types: deb\nURIs: http://m.example/debian\nSuites: bookworm-backports\nComponents: main\nSigned-By: /k.gpg\nTrusted: yes\n',
  );
});

test('a key written into the source comes along whole', () => {
  const armoured =
    'Types: deb\nURIs: http://m.example\nSuites: trixie\nComponents: main\nSigned-By:\n -----BEGIN\n .\n abc\n';
  expect(describeBackports(readDeb822(armoured), 'trixie-backports')).toContain(
    'Signed-By: \n -----BEGIN\n .\n abc',
  );
});

test('disabled sources and sources of code are not taken', () => {
  expect(readDeb822(`Enabled: no\n${deb822}`)[0]?.suites).toEqual(['bookworm-security']);
  expect(readOneLine('deb-src http://m.example/debian bookworm main')).toEqual([]);
  expect(() => describeBackports([], 'bookworm-backports')).toThrow(/no apt source/);
});
