import { expect, test } from 'vitest';
import { readLocation, resticLocation, sayLocation } from './location';

test.each([
  ['/media/disk/soulpad', 'folder', '/media/disk/soulpad', '/media/disk/soulpad'],
  ['/media//disk/', 'folder', '/media/disk', '/media/disk'],
  ['sftp://ana@nas/backups', 'sftp', 'sftp://ana@nas/backups', 'sftp://ana@nas:22//backups'],
  ['sftp://ana@nas:2222/b', 'sftp', 'sftp://ana@nas:2222/b', 'sftp://ana@nas:2222//b'],
  [
    'rest:https://cafe.example/ana/',
    'rest',
    'rest:https://cafe.example/ana',
    'rest:https://cafe.example/ana/',
  ],
  ['rest:http://10.0.0.2:8000/', 'rest', 'rest:http://10.0.0.2:8000/', 'rest:http://10.0.0.2:8000/'],
  [
    's3:https://s3.example/bucket/x',
    's3',
    's3:https://s3.example/bucket/x',
    's3:https://s3.example/bucket/x',
  ],
])('%s is a place of kind %s', (text, kind, said, forRestic) => {
  const read = readLocation(text);
  if (!read.ok) throw new Error(read.fault.message);
  expect(read.value.location.kind).toBe(kind);
  expect(sayLocation(read.value.location)).toBe(said);
  expect(resticLocation(read.value)).toBe(forRestic);
});

test('A password in an address is taken out of it: shown it is never, restic has it in its file', () => {
  const read = readLocation('rest:https://ana:s3cr%2Ft@cafe.example/ana');
  if (!read.ok) throw new Error(read.fault.message);
  expect(JSON.stringify(read.value.location)).not.toContain('s3cr');
  expect(sayLocation(read.value.location)).toBe('rest:https://cafe.example/ana');
  expect(resticLocation(read.value)).toBe('rest:https://ana:s3cr%2Ft@cafe.example/ana/');
});

test.each([
  'soulpad',
  './disk',
  'sftp:ana@nas:/b',
  'sftp://nas/b',
  'sftp://-oProxyCommand=x@nas/b',
  'sftp://ana@-nas/b',
  'sftp://ana:secret@nas/b',
  'rest:ftp://x/y',
  'rest:https://ana@cafe.example/y',
  's3:https://s3.example/x?y=z',
  'b2:bucket',
  "/disk/it's",
  '/disk/\n',
  '',
])('%j is refused, without being repeated', (text) => {
  const read = readLocation(text);
  if (read.ok) throw new Error('it was taken');
  expect(read.fault.code).toBe('usage');
  if (text.includes('secret')) expect(JSON.stringify(read.fault)).not.toContain('secret');
});
