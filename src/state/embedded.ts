/**
 * The embedded Redis: a real server as a private child process that listens on a unix socket and nowhere else. It ends
 * when this process ends, however that happens, and a folder has one server at a time.
 */
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { defaultCacheDir, findRedisBinary, type RedisBinary } from "./redis-binary.ts";

export interface EmbeddedRedisOptions {
  /** For the data and the socket. Made when it is not there. */
  readonly dir: string;
  /** True: an append-only file, synced every second. False: nothing is written, and a restart begins empty. */
  readonly persist: boolean;
  /** The value of PATH. The child gets nothing else of the environment: it holds secrets. */
  readonly path: string;
  /** Lines for the operator: a download, an unexpected end. */
  readonly say: (line: string) => void;
  /** The server ended although nobody asked it to. `restart()` brings it back. */
  readonly onLost?: () => void;
  readonly cacheDir?: string;
  /** More of the server's own arguments, as `["--maxmemory", "48mb"]`. They win over ours. */
  readonly args?: readonly string[];
  readonly readyWithinMs?: number;
  /** How long to wait for the server of an earlier process to let go of the folder: it ends a moment after its parent. */
  readonly ownerGoneWithinMs?: number;
}

export interface EmbeddedRedis extends AsyncDisposable {
  /** `unix:///path`, percent-encoded as in a file URL. The same after a restart. */
  readonly url: string;
  readonly socket: string;
  /** Of the running server, or of the last one. */
  readonly pid: number;
  /** Lets the server finish its file; kills it when it takes too long. Does nothing when it does not run. */
  stop(): Promise<void>;
  /** SIGKILL: a crash. */
  kill(): Promise<void>;
  /** Stops the server if it runs, and starts it again on the same folder and socket. */
  restart(): Promise<void>;
}

/** `sun_path` has 108 bytes on Linux and 104 on macOS, the final NUL included. */
const longestSocketPath = 103;
const stopWithinMs = 10_000;

export async function startEmbeddedRedis(options: EmbeddedRedisOptions): Promise<EmbeddedRedis> {
  const { path, say, cacheDir = defaultCacheDir } = options;
  const binary = await findRedisBinary({ path, cacheDir, say });
  const dir = resolve(options.dir);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const inDir = join(dir, "redis.sock");
  const short = Buffer.byteLength(inDir) > longestSocketPath ? await mkdtemp(join(tmpdir(), "signalbox-")) : null;
  const socket = short === null ? inDir : join(short, "redis.sock");

  async function start(): Promise<Server> {
    // The short folder is removed at each stop, so that nothing of ours stays in the system's temporary folder.
    if (short !== null) await mkdir(short, { recursive: true, mode: 0o700 });
    try {
      return await startServer({ ...options, dir }, binary, socket);
    } catch (error) {
      await removeShort();
      throw error;
    }
  }
  async function removeShort(): Promise<void> {
    if (short !== null) await rm(short, { recursive: true, force: true });
  }
  async function stop(): Promise<void> {
    await server.end("SIGTERM");
    await removeShort();
  }

  let server = await start();
  return {
    url: pathToFileURL(socket).href.replace(/^file:/, "unix:"),
    socket,
    get pid() {
      return server.pid;
    },
    stop,
    kill: () => server.end("SIGKILL"),
    async restart() {
      await server.end("SIGTERM");
      server = await start();
    },
    [Symbol.asyncDispose]: stop,
  };
}

type StartOptions = Omit<EmbeddedRedisOptions, "cacheDir">;

async function startServer(options: StartOptions, binary: RedisBinary, socket: string): Promise<Server> {
  const { dir, say, onLost = () => {}, readyWithinMs = 60_000, ownerGoneWithinMs = 3_000 } = options;
  const tooLate = AbortSignal.timeout(ownerGoneWithinMs);
  for (;;) {
    if ((await ping(socket)) === "nobody") {
      const server = launch(options, binary, socket);
      if (await becomesReady(server, socket, readyWithinMs)) {
        void server.closed.then(() => {
          if (server.asked()) return;
          say(`The embedded Redis ended by itself (${server.outcome()}): ${server.lastLines()}`);
          onLost();
        });
        return server;
      }
    }
    if (tooLate.aborted) {
      const what = "stop that one, or give both the same REDIS_URL";
      throw new Error(`Cannot start the embedded Redis in ${dir}: another process uses that folder; ${what}`);
    }
    await pause(25);
  }
}

/** False: another server has the folder. */
async function becomesReady(server: Server, socket: string, withinMs: number): Promise<boolean> {
  const tooLate = AbortSignal.timeout(withinMs);
  while (!tooLate.aborted) {
    const outcome = server.outcome();
    if (outcome === folderInUse) return false;
    if (outcome !== null) {
      throw new Error(`Cannot start the embedded Redis: it ended at once (${outcome}); it said: ${server.lastLines()}`);
    }
    // Somebody else's server may have been faster, and answer on the same socket.
    if ((await ping(socket, server.pid)) === "ready") return true;
    await pause(5);
  }
  await server.end("SIGKILL");
  const state = `no answer within ${withinMs} ms`;
  throw new Error(`Cannot start the embedded Redis: ${state}; it said: ${server.lastLines()}`);
}

/** `busy`: somebody is there and does not serve: it loads its file, hangs, or belongs to another user. */
/** @param pid Only that server counts as ready. */
function ping(socket: string, pid: number | null = null): Promise<"ready" | "busy" | "nobody"> {
  return new Promise((resolve) => {
    const client = connect(socket, () => client.write("PING\r\nINFO server\r\n"));
    let reply = "";
    function finish(result: "ready" | "busy" | "nobody"): void {
      client.destroy();
      resolve(result);
    }
    client.setTimeout(1_000, () => finish("busy"));
    client.on("data", (data) => {
      reply += data.toString();
      const answering = /\r\nprocess_id:(\d+)\r\n/.exec(reply)?.[1];
      if (answering === undefined) return;
      // While it loads its file it says "-LOADING", but INFO answers.
      const ready = reply.startsWith("+PONG") && (pid === null || Number(answering) === pid);
      finish(ready ? "ready" : "busy");
    });
    client.on("close", () => finish("busy"));
    client.on("error", (error: NodeJS.ErrnoException) =>
      finish(error.code === "ENOENT" || error.code === "ECONNREFUSED" ? "nobody" : "busy"),
    );
  });
}

interface Server {
  readonly pid: number;
  readonly closed: Promise<unknown>;
  /** Null while it runs, then its exit code or the signal that ended it. */
  outcome(): number | string | null;
  /** True when it was told to end. */
  asked(): boolean;
  lastLines(): string;
  end(signal: "SIGTERM" | "SIGKILL"): Promise<void>;
}

const folderInUse = 75;

/**
 * The shell becomes the server (`exec`), so both have one pid.
 *
 * The lock on file 9 is inherited: the kernel frees it when the server has really ended, not earlier and not later.
 * Where there is no `flock` (macOS), the answer on the socket is the only sign that a folder is in use.
 *
 * `setpriv` asks the kernel to end the server with the thread that spawned it. Where it is missing or cannot do that
 * (macOS, BusyBox), a subshell waits for the end of file 3, which the parent holds open for as long as it lives; a line in
 * it means that the server has ended and its pid may belong to somebody else.
 */
const launchScript = `
umask 077
exec 9>"$1" || exit 73
shift
flock -n 9 2>/dev/null
[ $? -eq 1 ] && exit ${folderInUse}
setpriv --pdeathsig TERM true 2>/dev/null && exec setpriv --pdeathsig TERM "$@" 3<&-
( (read -r _ <&3 || kill -TERM $$) 9>&- >/dev/null 2>&1 & )
exec "$@" 3<&-
`;

function launch(options: StartOptions, binary: RedisBinary, socket: string): Server {
  const { dir, persist, path, args = [] } = options;
  const lock = join(dir, "redis.lock");
  const own = ["--port", "0", "--unixsocket", socket, "--unixsocketperm", "700", "--dir", dir, "--daemonize", "no"];
  const memory = ["--maxmemory-policy", "noeviction"];
  const file = ["--save", "", "--appendonly", persist ? "yes" : "no", "--appendfsync", "everysec"];
  const command = [binary.command, ...own, ...memory, ...file, ...args];
  const child = spawn("/bin/sh", ["-c", launchScript, "signalbox-redis", lock, ...command], {
    env: { PATH: path, ...binary.env },
    stdio: ["ignore", "pipe", "pipe", "pipe"],
    // Ctrl-C in a terminal goes to the whole process group: the server must stay until we have written our last.
    detached: true,
  });

  let output = "";
  let asked = false;
  let outcome: number | string | null = null;
  function keep(text: unknown): void {
    output = `${output}${text}`.slice(-4_000);
  }
  child.stdout?.on("data", keep);
  child.stderr?.on("data", keep);
  child.on("error", keep);
  const closed = new Promise<void>((resolve) => {
    child.once("close", (code, signal) => {
      outcome = signal ?? code ?? "no exit code";
      resolve();
    });
  });
  const lifeline = child.stdio[3];
  if (lifeline instanceof Writable) {
    // Nobody reads it where setpriv does the work.
    lifeline.on("error", () => undefined);
    child.once("exit", () => lifeline.end("\n"));
  }

  return {
    pid: child.pid ?? 0,
    closed,
    outcome: () => outcome,
    asked: () => asked,
    lastLines: () => output.trim().split("\n").slice(-8).join("\n"),
    async end(signal) {
      asked = true;
      if (outcome !== null) return;
      child.kill(signal);
      const timer = setTimeout(() => child.kill("SIGKILL"), stopWithinMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
