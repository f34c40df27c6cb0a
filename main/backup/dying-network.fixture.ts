// A network between restic and a rest-server that dies at a chosen request and stays dead until it is healed: every
// connection is cut at that instant, and every new one at once. Tests only.
import { connect, createServer, type Server, type Socket } from 'node:net';

export interface Network {
  /** The server's address, reached through this network. */
  readonly where: string;
  /** It dies when a request line fits. */
  dieAt(request: RegExp): void;
  readonly isDead: () => boolean;
  heal(): void;
  end(): Promise<void>;
}

/** `where`: of a server on loopback, such as rest:http://127.0.0.1:8000/soulpad/ */
export async function layNetwork(where: string): Promise<Network> {
  const port = Number(/:(\d+)\//.exec(where)?.[1]);
  const open = new Set<Socket>();
  let fatal: RegExp | null = null;
  let dead = false;
  const die = (): void => {
    dead = true;
    for (const socket of open) socket.destroy();
  };
  const server = createServer((client) => {
    if (dead) return void client.destroy();
    const beyond = connect(port, '127.0.0.1');
    for (const [socket, other] of [
      [client, beyond],
      [beyond, client],
    ] as const) {
      open.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        open.delete(socket);
        other.destroy();
      });
    }
    client.on('data', (bytes: Buffer) => {
      if (dead) return;
      if (fatal?.test(bytes.subarray(0, 200).toString('latin1'))) return die();
      beyond.write(bytes);
    });
    beyond.pipe(client);
  });
  const own = await listen(server);
  return {
    where: where.replace(`:${port}/`, `:${own}/`),
    dieAt: (request) => {
      fatal = request;
    },
    isDead: () => dead,
    heal: () => {
      fatal = null;
      dead = false;
    },
    end: async () => {
      die();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
