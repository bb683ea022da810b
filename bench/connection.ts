/**
 * One keep-alive HTTP connection with requests that were put together beforehand: a full client would take so much CPU
 * from the server it measures that both look alike.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

export interface PreparedRequest {
  readonly head: Buffer;
  readonly body: Buffer;
}

export function prepare(path: string, headers: Readonly<Record<string, string>>, body: Buffer): PreparedRequest {
  const fields = Object.entries({ Host: "localhost", ...headers, "Content-Length": String(body.length) });
  const lines = [`POST ${path} HTTP/1.1`, ...fields.map(([name, value]) => `${name}: ${value}`), "", ""];
  return { head: Buffer.from(lines.join("\r\n")), body };
}

export class Connection {
  readonly #socket: Socket;
  #answer = "";
  #waiting: { resolve: (status: number) => void; reject: (error: Error) => void } | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("close", () => this.#waiting?.reject(new Error("Cannot measure: the server closed the connection")));
    socket.on("error", () => undefined); // "close" follows.
  }

  static async open(url: string): Promise<Connection> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, "connect");
    return new Connection(socket);
  }

  /** One at a time. @returns the status. */
  send({ head, body }: PreparedRequest): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#socket.cork();
      this.#socket.write(head);
      this.#socket.write(body);
      this.#socket.uncork();
    });
  }

  close(): void {
    this.#waiting = null;
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#answer += text;
    const end = this.#answer.indexOf("\r\n\r\n");
    if (end === -1) return;
    const length = /\r\ncontent-length: (\d+)/i.exec(this.#answer.slice(0, end))?.[1];
    if (this.#answer.length < end + 4 + Number(length ?? 0)) return;
    const status = Number(this.#answer.slice(9, 12));
    this.#answer = "";
    const waiting = this.#waiting;
    this.#waiting = null;
    waiting?.resolve(status);
  }
}
