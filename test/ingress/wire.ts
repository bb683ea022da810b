/** An HTTP client for many requests: all of them in one write on one connection, and their answers in order. */
import { connect } from "node:net";

interface WireAnswer {
  readonly status: number;
  readonly body: string;
}

interface Wire extends Disposable {
  exchange(requests: readonly Buffer[]): Promise<readonly WireAnswer[]>;
}

export function post(path: string, headers: Readonly<Record<string, string>>, body: Buffer): Buffer {
  const lines = Object.entries({ host: "x", "content-length": body.length, ...headers }).map((pair) => pair.join(": "));
  return Buffer.concat([Buffer.from(`POST ${path} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`), body]);
}

export async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  await new Promise<void>((resolve, reject) => socket.once("connect", resolve).once("error", reject));
  return {
    exchange(requests) {
      return new Promise((resolve, reject) => {
        const answers: WireAnswer[] = [];
        let unread = "";
        function read(data: string): void {
          const { found, rest } = parseAnswers(unread + data);
          unread = rest;
          answers.push(...found);
          if (answers.length === requests.length) settle(() => resolve(answers));
        }
        function close(): void {
          settle(() => reject(new Error(`The connection ended after ${answers.length} of ${requests.length} answers`)));
        }
        function settle(done: () => void): void {
          socket.off("data", read).off("close", close);
          done();
        }
        socket.on("data", read).on("close", close);
        socket.write(Buffer.concat(requests));
      });
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}

const head = /HTTP\/1\.1 (\d{3})[\s\S]*?\r\n\r\n/y;

function parseAnswers(received: string): { readonly found: readonly WireAnswer[]; readonly rest: string } {
  const found: WireAnswer[] = [];
  let at = 0;
  for (;;) {
    head.lastIndex = at;
    const match = head.exec(received);
    const length = Number(/content-length: (\d+)/.exec(match?.[0] ?? "")?.[1] ?? 0);
    if (match === null || head.lastIndex + length > received.length) return { found, rest: received.slice(at) };
    at = head.lastIndex + length;
    found.push({ status: Number(match[1]), body: received.slice(head.lastIndex, at) });
  }
}
