import { createConnection } from "node:net";
import { describe, expect, it } from "vitest";
import { type HttpReply, type HttpRequest, startServer } from "../../sandbox/http.ts";

describe("the server of a stand-in", () => {
  it("hands over the request and sends strings, JSON and nothing", async () => {
    const seen: HttpRequest[] = [];
    const replies: HttpReply[] = [
      { status: 200, body: { a: 1 }, headers: { "x-a": "b" } },
      { status: 201, body: "text" },
      { status: 204 },
    ];
    await using server = await startServer((request) => {
      seen.push(request);
      return replies.shift() ?? "drop";
    });
    const json = await fetch(`${server.url}/one%20two?x=1`, { method: "POST", body: "hello" });
    expect(await json.json()).toEqual({ a: 1 });
    expect(json.headers.get("x-a")).toBe("b");
    expect(json.headers.get("content-type")).toMatch("application/json");
    expect(seen[0]).toMatchObject({ method: "POST", path: "/one%20two", body: "hello" });
    expect(seen[0]?.query.get("x")).toBe("1");
    expect(await (await fetch(server.url)).text()).toBe("text");
    expect((await fetch(server.url)).status).toBe(204);
    await expect(fetch(server.url)).rejects.toThrow();
  });

  it("refuses a body above the limit", async () => {
    await using server = await startServer(() => ({ status: 200 }), { bodyLimit: 10 });
    const post = (size: number) => fetch(server.url, { method: "POST", body: "x".repeat(size) });
    expect((await post(10)).status).toBe(200);
    expect((await post(11)).status).toBe(413);
  });

  it("stops at once although a request is not answered", async () => {
    const server = await startServer(() => new Promise(() => {}));
    const answer = fetch(server.url).catch((error: unknown) => error);
    const half = createConnection({ port: Number(new URL(server.url).port), host: "127.0.0.1" });
    half.on("error", () => {});
    await new Promise((resolve) => half.once("connect", resolve));
    half.write("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab");
    await server.stop();
    await server.stop();
    expect(await answer).toBeInstanceOf(Error);
    half.destroy();
  });

  it("answers 500 when the stand-in itself fails, and says so at the end", async () => {
    const server = await startServer(() => {
      throw new Error("a bug");
    });
    expect((await fetch(server.url)).status).toBe(500);
    await expect(server.stop()).rejects.toThrow("Cannot trust this run: a stand-in threw Error: a bug");
  });
});
