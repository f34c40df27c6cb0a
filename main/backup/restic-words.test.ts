import { expect, test } from 'vitest';
import { faultOfWords } from './restic-words';

// Each is what restic 0.14 or 0.18 truly said; the damage suite (damage.test.ts) makes them say it.
test.each([
  ['Fatal: wrong password or no key found', 1, 'wrongBackupKey'],
  [
    '{"message_type":"exit_error","code":12,"message":"Fatal: wrong password or no key found"}',
    12,
    'wrongBackupKey',
  ],
  ['Fatal: unable to open config file: stat /x/config: no such file or directory', 1, 'missingRepository'],
  ['Fatal: unable to open config file: Lstat: EOF', 1, 'missingRepository'],
  ['dial tcp 127.0.0.1:1: connect: connection refused', 1, 'missingRepository'],
  ['subprocess ssh: Host key verification failed.\nFatal: unable to open repository', 1, 'wrongHostKey'],
  ['subprocess ssh: ana@nas: Permission denied (publickey).', 1, 'denied'],
  ['unable to open config file: unexpected HTTP response (401): 401 Unauthorized', 1, 'denied'],
  [
    'Fatal: unable to create lock in backend: repository is already locked exclusively by PID 7',
    11,
    'lockedRepository',
  ],
  ['Save(<data/1234>) returned error: write /x: no space left on device', 1, 'full'],
  ['open /x/locks/12: read-only file system', 1, 'readOnlyRepository'],
  ['open /x/locks/12: permission denied', 1, 'readOnlyRepository'],
  ['Fatal: load <index/26b10bbbf2>: invalid data returned', 1, 'damagedBackup'],
  ["Fatal: Unmarshal: invalid character ',' after object key", 1, 'damagedBackup'],
  ['Fatal: config or key 6cdc is damaged: ciphertext verification failed', 1, 'damagedBackup'],
  [
    'pack a93b: unexpected file size: got 1008, expected 986\nFatal: repository contains errors',
    1,
    'damagedBackup',
  ],
  ['x509: certificate has expired or is not yet valid: current time is before', 1, 'clockWrong'],
  ['something that nobody has seen', 1, 'io'],
])('%s is %i, told as %s', (said, status, code) => {
  expect(faultOfWords({ stage: 'test', status, said }).code).toBe(code);
});

test('A password in an address is in no fault', () => {
  const said = 'Fatal: unable to open repository at rest:http://ana:secret@cafe/: connection refused';
  expect(JSON.stringify(faultOfWords({ stage: 'test', status: 1, said }))).not.toContain('secret');
});
