// What restic and the programs under it say when something is wrong, as our faults. Pure. The table is read from the
// top: the first line that fits tells the cause; what no line knows is `io` with restic's own words.
// Words of restic 0.14 (Debian 12) and 0.18 (Debian 13), which also has exit statuses 10 to 12 (its docs/075_scripting.rst).
import type { Fault, FaultCode } from '../../preload/contract/fault';

interface Line {
  readonly words: RegExp;
  readonly code: FaultCode;
  readonly hint?: string;
}

const table: readonly Line[] = [
  {
    words: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|No .* host key is known/i,
    code: 'wrongHostKey',
    hint: 'another computer answers, or the server was set up anew: ask who runs it',
  },
  {
    words: /certificate has expired or is not yet valid/i,
    code: 'clockWrong',
    hint: 'set the clock of this PC',
  },
  {
    words: /Permission denied \(|401 Unauthorized|403 Forbidden|AccessDenied|InvalidAccessKeyId/i,
    code: 'denied',
  },
  { words: /wrong password or no key found/i, code: 'wrongBackupKey' },
  { words: /already locked|unable to create lock/i, code: 'lockedRepository' },
  { words: /no space left|quota exceeded|507 Insufficient|XMinioStorageFull/i, code: 'full' },
  { words: /read-only file system|readonly/i, code: 'readOnlyRepository' },
  {
    words:
      /ciphertext verification failed|invalid data returned|is damaged|repository contains errors|Unmarshal|unexpected end of JSON|not found in (the )?(repository )?index|ReadFull\(|LoadRaw|unexpected file size|does not match|repository index is damaged|blob .* not found|id .* not found in/i,
    code: 'damagedBackup',
  },
  {
    words:
      /repository does not exist|unable to open config file|Is there a repository at|connection (refused|reset|timed out|closed)|no such host|could not resolve|network is unreachable|no route to host|i\/o timeout|broken pipe|ssh.* exited|unexpected EOF|connection lost|sftp session|version packet|closed connection|subprocess|EOF$/im,
    code: 'missingRepository',
    hint: 'plug in its disk, or see that its server can be reached',
  },
  { words: /permission denied|operation not permitted/i, code: 'readOnlyRepository' },
];

const byStatus: Readonly<Record<number, FaultCode>> = {
  10: 'missingRepository',
  11: 'lockedRepository',
  12: 'wrongBackupKey',
};

/** `said`: what it wrote to stderr, then stdout. */
export function faultOfWords(about: {
  readonly stage: string;
  readonly status: number;
  readonly said: string;
}): Fault {
  const { stage, status } = about;
  const said = about.said.slice(0, 8_000);
  const known = table.find((line) => line.words.test(said));
  const code = byStatus[status] ?? known?.code ?? 'io';
  const message = `restic ended with status ${status}: ${lastWords(said)}`;
  return { code, stage, message, ...(known?.code === code && known.hint ? { hint: known.hint } : {}) };
}

/** The lines that tell, without progress and without the address: a rest-server's has its password. */
function lastWords(said: string): string {
  const lines = said
    .split('\n')
    .map((line) => line.trim())
    .filter(
      (line) =>
        line !== '' && !/"message_type":"(status|verbose_status)"|^reading repository password/.test(line),
    );
  return lines
    .slice(-4)
    .join(' ')
    .replace(/\/\/[^/\s@]*@/g, '//')
    .slice(0, 600);
}
