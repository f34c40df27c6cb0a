// `soulpad`: the same organs as the kiosk's, without a screen. From argv to one answer and one exit status
// (sysexits(3), preload/contract/fault.ts). It runs on the system's Node, never inside Electron, and outlives nothing:
// owners and keepers are processes of their own.
import { resolve } from 'node:path';
import type { Fault } from '../preload/contract/fault';
import { ok } from '../preload/contract/result';
import { answerDone, answerFault, progressTeller, warningTeller } from './cli/answer';
import { parseRequest } from './cli/arguments';
import { helpLines } from './cli/help';
import { verbs } from './cli/verbs';
import { sayVersion, versionFacts } from './cli/version';
import { refuseCoreDumps } from './process/core-limit';
import { homeNamed } from './vault/homes';
import { defaultHome } from './vault/open-vaults';

async function main(): Promise<number> {
  process.umask(0o077); // qemu-img and what else makes files for us inherits it
  const parsed = parseRequest(process.argv.slice(2), verbs);
  if (!parsed.ok) {
    return answerFault({ json: parsed.json, topic: parsed.verb?.topic ?? 'usage' }, parsed.fault);
  }
  const request = parsed.value;
  if (request.kind === 'help') {
    process.stdout.write(
      helpLines(request.about)
        .map((line) => `${line}\n`)
        .join(''),
    );
    return 0;
  }
  if (request.kind === 'version') {
    const facts = versionFacts();
    const mouth = { json: request.json, topic: 'version' } as const;
    return answerDone(mouth, { data: facts, lines: () => sayVersion(facts), fault: null });
  }
  const mouth = { json: request.json, topic: request.verb.topic };
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  // Before any secret is read, and for all keepers and owners that a verb starts.
  const limited = await refuseCoreDumps('cli');
  if (!limited.ok) return answerFault(mouth, limited.fault);
  const place = resolve(request.values.home ?? defaultHome());
  const named = request.values.vault;
  const home = named === undefined ? ok(place) : homeNamed(place, named);
  if (!home.ok) return answerFault(mouth, home.fault);
  try {
    const done = await request.verb.answer({
      ...{ place, home: home.value },
      operand: request.operand,
      values: request.values,
      flags: request.flags,
      onProgress: progressTeller(request.json),
      warn: warningTeller(request.json),
      signal: stop.signal,
    });
    return done.ok ? answerDone(mouth, done.value) : answerFault(mouth, done.fault);
  } catch (error) {
    return answerFault(mouth, bug(error));
  }
}

/** A throw is a bug of ours. Its message may be shown (we never put a secret in one), its stack is for developers. */
function bug(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: 'bug',
    stage: 'cli',
    message: message.slice(0, 2000),
    hint: 'this is a mistake in SoulPad, please report it',
  };
}

main().then(
  // Explicit: a socket that lingers must not keep a finished command alive. answer.ts writes synchronously.
  (status) => process.exit(status),
  (error: unknown) => process.exit(answerFault({ json: false, topic: 'usage' }, bug(error))),
);
