// Listens to everything that would be spoken: a speech server that writes down instead of speaking. It speaks SSIP, the
// protocol of speech-dispatcher (its manual, "SSIP"), as far as Orca does: every message is accepted, begun and ended.
import { rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';

export interface SpeechListener {
  /** For the reader's environment. */
  readonly address: string;
  /** What was spoken since the start, without markup, oldest first. */
  spoken(): readonly string[];
  end(): Promise<void>;
}

const mostBuffered = 1 << 20;

export async function listenToSpeech(socket: string): Promise<SpeechListener> {
  const heard: string[] = [];
  const clients = new Set<Socket>();
  let messages = 0;
  const say = (client: Socket, text: string): void => {
    heard.push(plainWords(text));
    const id = ++messages;
    client.write(`225-${id}\r\n225 OK MESSAGE QUEUED\r\n`);
    client.write(`701-${id}\r\n701-1\r\n701 BEGIN\r\n702-${id}\r\n702-1\r\n702 END\r\n`);
  };
  const server = createServer((client) => {
    clients.add(client);
    let buffered = '';
    let message: string[] | null = null;
    client.on('error', () => client.destroy());
    client.on('close', () => clients.delete(client));
    client.on('data', (bytes) => {
      buffered = `${buffered}${bytes.toString('utf8')}`.slice(-mostBuffered);
      for (let end = buffered.indexOf('\r\n'); end >= 0; end = buffered.indexOf('\r\n')) {
        const line = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        if (message !== null && line === '.') {
          say(client, message.join(' '));
          message = null;
        } else if (message !== null) message.push(line);
        else if (/^SPEAK$/i.test(line)) {
          message = [];
          client.write('230 OK RECEIVING DATA\r\n');
        } else if (/^(KEY|CHAR) /i.test(line)) say(client, line.replace(/^\S+ /, ''));
        else client.write(answerTo(line));
      }
    });
  });
  await new Promise<void>((ready) => server.listen(socket, ready));
  return {
    address: `unix_socket:${socket}`,
    spoken: () => heard,
    end: () =>
      new Promise((ended) => {
        for (const client of clients) client.destroy();
        server.close(() => {
          rmSync(socket, { force: true });
          ended();
        });
      }),
  };
}

function answerTo(line: string): string {
  const asked = line.toUpperCase();
  if (asked.startsWith('LIST OUTPUT_MODULES')) return '250-listener\r\n250 OK MODULE LIST SENT\r\n';
  if (asked.startsWith('LIST')) return '249-listener\ten\tnone\r\n249 OK VOICE LIST SENT\r\n';
  if (asked.startsWith('GET')) return '251-0\r\n251 OK GET RETURNED\r\n';
  if (asked.startsWith('HISTORY')) return '245-1\r\n245 OK CLIENT ID SENT\r\n';
  if (asked.startsWith('QUIT')) return '231 HAPPY HACKING\r\n';
  return '208 OK\r\n';
}

/** Orca sends SSML with a mark before each word. */
function plainWords(text: string): string {
  return text
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ')
    .trim();
}
