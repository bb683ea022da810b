import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { platform, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { env, execPath, kill } from "node:process";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type EmbeddedRedisOptions, startEmbeddedRedis } from "../../src/state/embedded.ts";
import { defaultCacheDir, findRedisBinary, type RedisBinary } from "../../src/state/redis-binary.ts";

const path = env.PATH ?? "";
const ignore = () => undefined;

let base = "";
let binary: RedisBinary;

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "embedded-"));
  binary = await findRedisBinary({ path, cacheDir: defaultCacheDir, say: ignore });
}, 180_000);

afterAll(() => rm(base, { recursive: true, force: true }));

function folder(): Promise<string> {
  return mkdtemp(join(base, "d-"));
}

async function program(dir: string, name: string, script: string): Promise<void> {
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(dir, name), 0o755);
}

async function start(options: Partial<EmbeddedRedisOptions> = {}) {
  return startEmbeddedRedis({ dir: await folder(), persist: false, path, say: ignore, ...options });
}

async function ask(socket: string, command: string): Promise<string> {
  const client = connect(socket, () => client.write(`${command}\r\n`));
  const [reply] = await once(client, "data");
  client.destroy();
  return String(reply).trim();
}

describe.concurrent("the embedded Redis", () => {
  it("answers on its socket, for this user only, and on no port", async () => {
    await using redis = await start();

    expect(await ask(redis.socket, "PING")).toBe("+PONG");
    expect(decodeURIComponent(new URL(redis.url).pathname)).toBe(redis.socket);
    expect((await stat(redis.socket)).mode & 0o777).toBe(0o700);
    expect(await ask(redis.socket, "CONFIG GET port")).toMatch(/\b0$/);
    expect(await ask(redis.socket, "CONFIG GET maxmemory-policy")).toMatch(/noeviction$/);
    expect(await ask(redis.socket, "INFO server")).toContain(`process_id:${redis.pid}\r\n`);
  });

  it("has its data again after a crash when it persists", async () => {
    await using redis = await start({ persist: true });
    const first = redis.pid;
    expect(await ask(redis.socket, "SET branch broken")).toBe("+OK");

    await redis.kill();
    await expect(ask(redis.socket, "PING")).rejects.toThrow("ECONNREFUSED");
    await redis.restart();

    expect(redis.pid).not.toBe(first);
    expect(await ask(redis.socket, "GET branch")).toMatch(/broken$/);
  });

  it("begins empty after a restart when it does not persist", async () => {
    await using redis = await start();
    await ask(redis.socket, "SET branch broken");
    await redis.restart();
    expect(await ask(redis.socket, "GET branch")).toBe("$-1");
  });

  it("can be stopped twice, and started again", async () => {
    await using redis = await start();
    await redis.stop();
    await redis.stop();
    await redis.restart();
    expect(await ask(redis.socket, "PING")).toBe("+PONG");
  });

  it("runs beside another one in another folder", async () => {
    await using one = await start();
    await using two = await start();
    await ask(one.socket, "SET name one");
    expect(await ask(two.socket, "GET name")).toBe("$-1");
  });

  it("refuses a folder that another one uses, and leaves that one alone", async () => {
    const dir = await folder();
    await using first = await start({ dir, persist: true });
    await ask(first.socket, "SET branch broken");

    const second = start({ dir, persist: true, ownerGoneWithinMs: 0 });

    await expect(second).rejects.toThrow(`Cannot start the embedded Redis in ${dir}: another process uses that folder`);
    expect(await ask(first.socket, "GET branch")).toMatch(/broken$/);
  });

  // The command `flock` decides, and macOS has none.
  it.runIf(platform() === "linux")("lets one of two have the folder when both start at the same time", async () => {
    const dir = await folder();
    const both = await Promise.allSettled([1, 2].map(() => start({ dir, persist: true, ownerGoneWithinMs: 0 })));
    const winners = both.filter((result) => result.status === "fulfilled").map((result) => result.value);

    expect(both.map((result) => result.status).sort()).toEqual(["fulfilled", "rejected"]);
    for (const winner of winners) {
      expect(await ask(winner.socket, "INFO server")).toContain(`process_id:${winner.pid}\r\n`);
      await winner.stop();
    }
  });

  it("puts the socket elsewhere when the path is too long for one, and cleans up", async () => {
    const dir = join(await folder(), "long".repeat(30), "with space");
    const redis = await start({ dir, persist: true });
    expect(await ask(redis.socket, "CONFIG GET dir")).toContain(dir);
    await redis.restart();
    expect(await ask(redis.socket, "PING")).toBe("+PONG");
    await redis.stop();
    await expect(stat(dirname(redis.socket))).rejects.toThrow("ENOENT");
  });

  it("takes more arguments", async () => {
    await using redis = await start({ args: ["--maxmemory", "48mb"] });
    expect(await ask(redis.socket, "CONFIG GET maxmemory")).toMatch(/50331648$/);
  });

  it("tells what the server said when it ends at once", async () => {
    const failed = start({ args: ["--no-such-setting", "1"] });
    await expect(failed).rejects.toThrow(/Cannot start the embedded Redis: it ended at once[\s\S]*no-such-setting/);
  });

  it("tells what the server said when it never answers", async () => {
    const bin = await folder();
    await program(bin, "redis-server", `[ "$1" = --version ] && echo v=7.0.0 && exit; echo thinking; exec sleep 60`);
    const failed = start({ path: `${bin}${delimiter}${path}`, readyWithinMs: 1000 });
    await expect(failed).rejects.toThrow(/no answer within 1000 ms; it said: thinking/);
  });

  it("says so when the server ends by itself, and not when it was told to", async () => {
    const { promise: said, resolve } = Promise.withResolvers<string>();
    await using redis = await start({ say: resolve });
    await redis.kill();
    await redis.restart();
    kill(redis.pid, "SIGKILL");
    expect(await said).toContain("The embedded Redis ended by itself (SIGKILL)");
  });

  const parent = `
    const [module, options] = process.argv.slice(1);
    const { startEmbeddedRedis } = await import(module);
    const { socket } = await startEmbeddedRedis({ ...JSON.parse(options), say() {} });
    process.stdin.on("data", () => process.exit()).resume();
    process.stdout.write(socket);
  `;
  const ways = ["by setpriv where there is one", "without setpriv"] as const;
  const ends = ["is killed", "exits"] as const;

  describe.each(ways)("ends with its parent %s", (way) => {
    it.each(ends)("when that %s, and the next one has the data", async (end) => {
      const options = {
        dir: await folder(),
        persist: true,
        path: way === "without setpriv" ? await onlyRedis() : path,
      };
      const module = new URL("../../src/state/embedded.ts", import.meta.url).href;
      const process = spawn(execPath, ["--input-type=module", "-e", parent, module, JSON.stringify(options)], {
        stdio: ["pipe", "pipe", "inherit"],
      });
      const [chunk] = await once(process.stdout, "data");
      const socket = String(chunk);
      expect(await ask(socket, "SET branch broken")).toBe("+OK");
      const client = connect(socket);
      await once(client, "connect");

      const closed = once(client.resume(), "close");
      if (end === "is killed") process.kill("SIGKILL");
      else process.stdin.write("exit");
      await closed;

      await using next = await start(options);
      expect(await ask(next.socket, "GET branch")).toMatch(/broken$/);
    });
  });

  it("waits for the server of a killed process to let go of the folder", async () => {
    const dir = await folder();
    const first = await start({ dir, persist: true });
    const second = start({ dir, persist: true, ownerGoneWithinMs: 10_000 });
    await first.stop();
    await using redis = await second;
    expect(await ask(redis.socket, "PING")).toBe("+PONG");
  });

  /** A PATH with the server and no other program. */
  async function onlyRedis(): Promise<string> {
    const bin = await folder();
    const exports = Object.entries(binary.env).map(([name, value]) => `export ${name}='${value}'`);
    await program(bin, "redis-server", [...exports, `exec '${binary.command}' "$@"`].join("\n"));
    return bin;
  }
});

describe.concurrent("finding a Redis server", () => {
  const server = (version: string) => `echo "Redis server v=${version} sha=00000000:0"`;

  async function find(bin: string, cacheDir: string) {
    const said: string[] = [];
    const found = await findRedisBinary({ path: bin, cacheDir, say: (line) => said.push(line) });
    return { ...found, said };
  }

  /** A machine with Debian's tools, where packages are found only in lists that were brought up to date. */
  async function debian({ version = "7.0.15", apt = `[ -e "$lists/fresh" ] || fail` } = {}): Promise<string> {
    const bin = await folder();
    const script = `
      fail() { echo "W: noise" >&2; echo "E: Unable to locate package" >&2; exit 100; }
      for word; do case "$word" in
        Dir::State::lists=*) lists=\${word#*=} ;;
        Dir::Cache::archives=*) archives=\${word#*=} ;;
      esac; done
      if [ "$word" = update ]; then : > "$lists/fresh"; exit; fi
      ${apt}
      : > "$archives/$word.deb"`;
    await program(bin, "apt-get", script);
    const unpack = `mkdir -p "$3/usr/bin" "$3/usr/lib/any" && : > "$3/usr/lib/any/libone.so.1" && cd "$3/usr/bin"
      printf '%s\\n' '#!/bin/sh' '${server(version)}' > redis-server && chmod 755 redis-server`;
    await program(bin, "dpkg-deb", unpack);
    return bin;
  }

  it("prefers redis-server, and takes valkey-server", async () => {
    const bin = await folder();
    await program(bin, "valkey-server", `echo "Valkey server v=8.1.1 sha=0"`);
    expect((await find(bin, await folder())).command).toBe(join(bin, "valkey-server"));
    await program(bin, "redis-server", server("7.0.0"));
    expect((await find(bin, await folder())).command).toBe(join(bin, "redis-server"));
  });

  it("says what to type when there is none", async () => {
    const empty = await folder();
    const error =
      /^Cannot find a Redis server: neither redis-server nor valkey-server is on PATH; type "brew install redis" \(macOS\), "dnf install redis" \(Fedora\).*, or set REDIS_URL/;
    await expect(find(empty, empty)).rejects.toThrow(error);

    await program(empty, "dnf", "");
    await expect(find(empty, empty)).rejects.toThrow(/on PATH; type "dnf install redis", or set REDIS_URL/);
  });

  it("refuses one that is too old or does not run", async () => {
    const bin = await folder();
    await program(bin, "redis-server", server("6.2.14"));
    await program(bin, "valkey-server", "echo 'no such library' >&2; exit 127");
    const error =
      /redis-server is version 6\.2\.14, older than 7\.0\.0; .*valkey-server does not run \(no such library\)/;
    await expect(find(bin, await folder())).rejects.toThrow(error);
  });

  it("unpacks the distribution's package once, with its libraries, and says so", async () => {
    const bin = await debian();
    const cacheDir = join(await folder(), "not", "there yet");

    const first = await find(bin, cacheDir);
    const second = await find(bin, cacheDir);

    expect(first.command).toMatch(/root-\w+\/usr\/bin\/redis-server$/);
    expect(first.env).toEqual({ LD_LIBRARY_PATH: join(dirname(first.command), "../lib/any") });
    expect(first.said).toEqual([expect.stringContaining(cacheDir), expect.stringContaining(first.command)]);
    expect(second).toEqual({ ...first, said: [] });
  });

  it("serves callers at the same time", async () => {
    const bin = await debian();
    const cacheDir = await folder();
    const found = await Promise.all([1, 2, 3].map(() => find(bin, cacheDir)));
    const again = await find(bin, cacheDir);
    expect(found.map(({ command }) => command)).toContain(again.command);
    expect((await readdir(cacheDir)).filter((name) => !name.startsWith("root-"))).toEqual([]);
  });

  it("says what failed and what to type when the packages cannot be had, and leaves nothing behind", async () => {
    const cacheDir = await folder();
    const error =
      /on PATH; apt-get failed \(Unable to locate package\); type "apt-get install redis-server", or set REDIS_URL/;
    await expect(find(await debian({ apt: "fail" }), cacheDir)).rejects.toThrow(error);
    expect(await readdir(cacheDir)).toEqual([]);
  });

  it("does not keep a package that is too old", async () => {
    const cacheDir = await folder();
    await expect(find(await debian({ version: "6.0.16" }), cacheDir)).rejects.toThrow(
      /version 6\.0\.16, older than 7\.0\.0/,
    );
    expect(await readdir(cacheDir)).toEqual([]);
  });
});
