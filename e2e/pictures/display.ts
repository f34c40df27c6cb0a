// An X server for the pictures: the DISPLAY there is, else a virtual one of our own, reachable by no network.
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';

export interface Display {
  readonly name: string;
  readonly stop: () => Promise<void>;
}

/** Fails with the server's own words if it does not name its display within 10 s. */
export async function openDisplay(): Promise<Display> {
  const given = process.env.DISPLAY;
  if (given !== undefined && given !== '') return { name: given, stop: async () => undefined };
  const folder = await mkdtemp(join(tmpdir(), 'soulpad-pictures-'));
  const server = spawn(
    'Xvnc',
    [
      '-displayfd',
      '3',
      '-geometry',
      '1920x1080',
      '-depth',
      '24',
      '-nolisten',
      'tcp',
      '-rfbport',
      '-1',
    ].concat(['-rfbunixpath', join(folder, 'vnc.sock'), '-SecurityTypes', 'None']),
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const number = await firstLine(server);
  return {
    name: `:${number}`,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function firstLine(server: ChildProcess): Promise<string> {
  const channel = server.stdio[3] as Readable;
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Xvnc named no display: ${said}`)), 10_000);
    server.stderr?.on('data', (chunk: Buffer) => {
      said += chunk.toString().slice(0, 4000);
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`Xvnc ended with ${code}: ${said}`)));
    channel.once('data', (chunk: Buffer) => {
      clearTimeout(timer);
      resolve(chunk.toString().trim());
    });
  });
}
