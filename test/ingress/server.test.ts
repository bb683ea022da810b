import { connect } from "node:net";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { defaultLimits, startIngress } from "../../src/ingress/server.ts";
import { readFixture, sendTo, sign, startTestIngress, webhook } from "./harness.ts";

const small = { bodyBytes: 1024 };

describe("routes", () => {
  it.each([
    ["GET", "/", 404],
    ["POST", "/slack/events", 404],
    ["POST", "/buildkite/webhooks/", 404],
    ["POST", "/Buildkite/webhooks", 404],
    ["GET", "//healthz", 404],
    ["GET", "/healthz?verbose=1", 200],
    ["HEAD", "/healthz", 200],
  ])("%s %s is answered with %i", async (method, path, status) => {
    await using ingress = await startTestIngress();
    expect(await ingress.send(path, { method })).toMatchObject({ status });
  });

  it.each([
    ["GET", webhook, "POST"],
    ["PUT", "/github/webhooks", "POST"],
    ["POST", "/healthz", "GET, HEAD"],
    ["DELETE", "/debug/builds/a/b/1", "GET, HEAD"],
  ])("%s %s is refused with what is allowed", async (method, path, allow) => {
    await using ingress = await startTestIngress();
    expect(await ingress.send(path, { method })).toMatchObject({ status: 405, headers: { allow } });
  });

  it("are named to the observer by their entry, never by what was sent", async () => {
    const observed: string[] = [];
    await using ingress = await startTestIngress({ observe: (path, status) => observed.push(`${path} ${status}`) });
    await ingress.send("/healthz?token=1");
    await ingress.send("/debug/builds/a/b/1");
    await ingress.send("/secret");
    expect(observed).toEqual(["/healthz 200", "/debug/builds/* 404", "unmatched 404"]);
  });
});

describe("a body over the limit", () => {
  it("of 6 MB is refused by its declared length, before it is sent", async () => {
    await using ingress = await startTestIngress();
    using sender = await open(ingress.port);
    sender.write(`POST ${webhook} HTTP/1.1\r\nhost: x\r\ncontent-length: ${6 * 1024 * 1024}\r\n\r\n`);
    expect(await sender.firstLine()).toBe("HTTP/1.1 413 Payload Too Large");
  });

  it("of 6 MB is refused although the sender sends all of it", async () => {
    await using ingress = await startTestIngress();
    const body = Buffer.alloc(6 * 1024 * 1024, " ");
    const answer = await ingress.deliver(body);
    expect(answer).toMatchObject({ status: 413, headers: { connection: "close" }, body: "The body is too large.\n" });
    expect(ingress.events).toEqual([]);
  });

  it("of 6 MB is refused when no length was declared", async () => {
    await using ingress = await startTestIngress();
    const body = Buffer.alloc(6 * 1024 * 1024, " ");
    const headers = { "transfer-encoding": "chunked", "x-buildkite-signature": sign(body) };
    expect(await ingress.deliver(body, headers)).toMatchObject({ status: 413, headers: { connection: "close" } });
  });

  it("ends the connection of a sender that goes on and on", async () => {
    await using ingress = await startTestIngress({ limits: small });
    using sender = await open(ingress.port);
    sender.write(`POST ${webhook} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (let count = 0; count < 8; count += 1) sender.write(`400\r\n${"x".repeat(1024)}\r\n`);
    expect(await sender.everything()).toMatch(/^HTTP\/1\.1 413 /);
  });

  it("is one byte over: the limit itself is accepted", async () => {
    await using ingress = await startTestIngress({ limits: small });
    const exact = '{"event":"ping"}'.padEnd(1024);
    expect(await ingress.deliver(exact)).toMatchObject({ status: 200 });
    expect(await ingress.deliver(`${exact} `)).toMatchObject({ status: 413 });
  });

  it("is not asked for from a sender that waits for leave to send it", async () => {
    await using ingress = await startTestIngress({ limits: small });
    using sender = await open(ingress.port);
    sender.write(`POST ${webhook} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 1025\r\n\r\n`);
    expect(await sender.everything()).toMatch(/^HTTP\/1\.1 413 /);
  });
});

describe("a body within the limit", () => {
  it("is asked for from a sender that waits for leave to send it", async () => {
    await using ingress = await startTestIngress();
    using sender = await open(ingress.port);
    const body = '{"event":"ping"}';
    const headers = `host: x\r\nx-buildkite-signature: ${sign(body)}\r\ncontent-length: ${body.length}`;
    sender.write(`POST ${webhook} HTTP/1.1\r\nexpect: 100-continue\r\n${headers}\r\n\r\n`);
    expect(await sender.firstLine()).toBe("HTTP/1.1 100 Continue");
    sender.write(body);
    expect(await sender.everything()).toMatch(/\r\n\r\nHTTP\/1\.1 200 OK/);
  });

  it("is put together from however many pieces it comes in", async () => {
    await using ingress = await startTestIngress();
    using sender = await open(ingress.port);
    const body = readFixture("build.failing");
    const headers = `host: x\r\nconnection: close\r\nx-buildkite-signature: ${sign(body)}`;
    sender.write(`POST ${webhook} HTTP/1.1\r\n${headers}\r\ntransfer-encoding: chunked\r\n\r\n`);
    for (let start = 0; start < body.length; start += 100) {
      const piece = body.subarray(start, start + 100);
      sender.write(`${piece.length.toString(16)}\r\n`);
      sender.write(piece);
      sender.write("\r\n");
    }
    sender.write("0\r\n\r\n");
    expect(await sender.everything()).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(ingress.events).toHaveLength(1);
  });

  it("is forgotten when its sender goes away in the middle", async () => {
    const gone = Promise.withResolvers<string>();
    await using ingress = await startTestIngress({
      limits: { maxInFlight: 1 },
      observe: (path, status) => status === 499 && gone.resolve(path),
    });
    {
      using sender = await open(ingress.port);
      sender.write(`POST ${webhook} HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n`);
      expect(await sender.firstLine()).toBe("HTTP/1.1 100 Continue");
      const answer = await ingress.deliver('{"event":"ping"}');
      expect(answer).toMatchObject({
        status: 503,
        headers: { "retry-after": "5" },
        body: "Too many requests at once.\n",
      });
    }
    expect(await gone.promise).toBe(webhook);
    expect(await ingress.deliver('{"event":"ping"}')).toMatchObject({ status: 200 });
  });
});

describe("a slow sender", () => {
  const impatient = { headersTimeoutMs: 50, requestTimeoutMs: 100, timeoutCheckMs: 10 };

  it.each([
    ["of headers", "POST /buildkite/webhooks HTTP/1.1\r\nhost: x\r\nx-slow: "],
    ["of a body", `POST ${webhook} HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{`],
    ["of nothing at all", ""],
  ])("%s is cut off", async (_, beginning) => {
    await using ingress = await startTestIngress({ limits: impatient });
    using sender = await open(ingress.port);
    sender.write(beginning);
    expect(await sender.everything()).toMatch(/^HTTP\/1\.1 408 /);
    expect(ingress.events).toEqual([]);
    expect(ingress.logLines).toEqual([]);
  });

  it("does not hold up the others", async () => {
    await using ingress = await startTestIngress();
    using senders = new DisposableStack();
    for (let count = 0; count < 50; count += 1) {
      senders.use(await open(ingress.port)).write("POST /buildkite/webhooks HTTP/1.1\r\nhost: x\r\nx-slow: ");
    }
    expect(await ingress.deliver(readFixture("build.failing"))).toMatchObject({ status: 200 });
  });
});

describe("what is not HTTP", () => {
  it.each([
    ["noise", "\x00\x01\x02\r\n\r\n", "400"],
    ["headers over the limit", `GET /healthz HTTP/1.1\r\nhost: x\r\nx: ${"x".repeat(20_000)}\r\n\r\n`, "431"],
    ["two lengths", `POST ${webhook} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n`, "400"],
    [
      "a length beside chunks",
      `POST ${webhook} HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n`,
      "400",
    ],
  ])("%s is refused, and the server goes on", async (_, bytes, status) => {
    await using ingress = await startTestIngress();
    using sender = await open(ingress.port);
    sender.write(bytes);
    expect(await sender.everything()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(await ingress.send("/healthz")).toMatchObject({ status: 200 });
  });
});

describe("stopping", () => {
  it("finishes the request that was begun, then ends its connection and takes no other", async () => {
    const stored = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    await using ingress = await startTestIngress({
      record: () => {
        asked.resolve();
        return stored.promise;
      },
    });
    const answer = ingress.deliver(readFixture("build.failing"));
    await asked.promise;
    const stopped = ingress.stop(60_000);
    await expect(sendTo(ingress.port, "/healthz", {})).rejects.toMatchObject({ code: "ECONNREFUSED" });
    stored.resolve();
    expect(await answer).toMatchObject({ status: 200, headers: { connection: "close" } });
    await stopped;
  });

  it("closes idle connections at once", async () => {
    await using ingress = await startTestIngress();
    using sender = await open(ingress.port);
    sender.write("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    expect(await sender.firstLine()).toBe("HTTP/1.1 200 OK");
    await ingress.stop(60_000);
  });

  it("cuts off what is not finished after the grace", async () => {
    const asked = Promise.withResolvers<void>();
    await using ingress = await startTestIngress({
      record: () => {
        asked.resolve();
        return new Promise(() => {});
      },
    });
    const answer = expect(ingress.deliver(readFixture("build.failing"))).rejects.toMatchObject({ code: "ECONNRESET" });
    await asked.promise;
    await ingress.stop(1);
    await answer;
  });

  it("may be asked for twice", async () => {
    await using ingress = await startTestIngress();
    await Promise.all([ingress.stop(0), ingress.stop(0)]);
  });
});

describe("starting", () => {
  it("says what to do when the port is taken", async () => {
    await using ingress = await startTestIngress();
    const log = pino({ level: "silent" });
    await expect(startIngress({ host: "127.0.0.1", port: ingress.port, routes: [], log })).rejects.toThrow(
      `Cannot listen on 127.0.0.1, port ${ingress.port}: EADDRINUSE; set HOST and PORT to what is free`,
    );
  });

  it("has limits that let every webhook of Buildkite through and slow senders not", () => {
    expect(defaultLimits).toMatchObject({
      bodyBytes: 5_242_880,
      maxHeaderBytes: 16_384,
      headersTimeoutMs: 5_000,
      requestTimeoutMs: 10_000,
    });
  });
});

/** A bare connection, for what no HTTP client would send. Closes with its scope. */
async function open(port: number) {
  const socket = connect(port, "127.0.0.1");
  let received = "";
  const closed = Promise.withResolvers<void>();
  socket.setEncoding("latin1");
  socket.on("data", (data: string) => {
    received += data;
  });
  // Whoever is cut off may see a reset; what matters is what was said before.
  socket.on("error", () => {});
  socket.on("close", () => closed.resolve());
  await new Promise<void>((resolve) => socket.once("connect", resolve));
  return {
    write: (bytes: string | Buffer) => socket.write(bytes),
    async firstLine(): Promise<string> {
      if (received === "") await new Promise((resolve) => socket.once("data", resolve));
      return received.split("\r\n")[0] ?? "";
    },
    /** What the server said until it ended the connection. */
    async everything(): Promise<string> {
      await closed.promise;
      return received;
    },
    [Symbol.dispose]: () => void socket.destroy(),
  };
}
