/**
 * Finds a real Redis (or Valkey) server to run: on PATH, else in the cache folder, else from the packages of Debian or
 * Ubuntu, unpacked into the cache folder. Unpacking works alike for root and for a normal user, and leaves the system as
 * it is: nothing is installed, so no service of the distribution starts and nothing has to be removed later.
 */
import { execFile } from "node:child_process";
import { access, constants, mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, delimiter, join, resolve } from "node:path";
import { promisify } from "node:util";

export interface RedisBinary {
  readonly command: string;
  /** What it needs to run: where its shared libraries are, when the system does not have them. */
  readonly env: Readonly<Record<string, string>>;
}

interface FindRedisOptions {
  /** The value of PATH. */
  readonly path: string;
  readonly cacheDir: string;
  /** Told when something takes a while, or puts files on the disk. */
  readonly say: (line: string) => void;
}

/** Kept with the checkout: all processes and test runs of one project share it. */
export const defaultCacheDir = resolve(import.meta.dirname, "../../.cache/redis");

/** The names are the same as program and as package. */
const servers = ["redis-server", "valkey-server"] as const;
const oldestMajor = 7;

/** What to type, by the package manager that is there. */
const installLines = {
  "apt-get": "apt-get install redis-server",
  brew: "brew install redis",
  dnf: "dnf install redis",
  apk: "apk add redis",
  pacman: "pacman -S valkey",
  zypper: "zypper install redis",
};

const run = promisify(execFile);

export async function findRedisBinary(options: FindRedisOptions): Promise<RedisBinary> {
  const { path, say } = options;
  const cacheDir = resolve(options.cacheDir);
  const problems: string[] = [];

  for (const binary of [...(await onPath(path)), ...(await inCache(cacheDir))]) {
    const unfit = await whyUnfit(binary);
    if (unfit === null) return binary;
    problems.push(unfit);
  }
  if (problems.length === 0) problems.push(`neither ${servers.join(" nor ")} is on PATH`);

  const aptGet = await which("apt-get", path);
  const dpkgDeb = await which("dpkg-deb", path);
  if (aptGet !== null && dpkgDeb !== null) {
    say(
      `No Redis server on PATH: unpacking one from this system's package sources into ${cacheDir} (nothing is installed).`,
    );
    try {
      const binary = await fillCache({ aptGet, dpkgDeb, cacheDir });
      say(`Redis is ready to use: ${binary.command}`);
      return binary;
    } catch (error) {
      problems.push(messageOf(error));
    }
  }
  throw new Error(`Cannot find a Redis server: ${problems.join("; ")}; ${await whatToType(path)}`);
}

async function whatToType(path: string): Promise<string> {
  const orUrl = `or set REDIS_URL to a server of version ${oldestMajor}.0 or newer`;
  for (const [manager, line] of Object.entries(installLines)) {
    if ((await which(manager, path)) !== null) return `type "${line}", ${orUrl}`;
  }
  const { brew, dnf, "apt-get": apt } = installLines;
  return `type "${brew}" (macOS), "${dnf}" (Fedora) or "${apt}" (Debian, Ubuntu), ${orUrl}`;
}

async function onPath(path: string): Promise<RedisBinary[]> {
  const found = await Promise.all(servers.map((name) => which(name, path)));
  return found.filter((command) => command !== null).map((command) => ({ command, env: { PATH: path } }));
}

/**
 * A folder in the cache is made under another name, gets its own name when it is whole, and never changes after that. So
 * callers at the same time do no harm, and one checkout can serve systems that need different libraries.
 */
async function inCache(cacheDir: string): Promise<RedisBinary[]> {
  const names = await readdir(cacheDir).catch(() => []);
  const roots = names.filter((name) => name.startsWith("root-")).sort();
  const binaries = await Promise.all(roots.map((name) => inRoot(join(cacheDir, name))));
  return binaries.filter((binary) => binary !== null);
}

async function inRoot(root: string): Promise<RedisBinary | null> {
  const bin = join(root, "usr/bin");
  for (const name of servers) {
    const command = await which(name, bin);
    if (command === null) continue;
    const files = await readdir(root, { recursive: true, withFileTypes: true });
    const libraries = files.filter((file) => /\.so(?:\.\d+)*$/.test(file.name)).map((file) => file.parentPath);
    return { command, env: libraries.length === 0 ? {} : { LD_LIBRARY_PATH: [...new Set(libraries)].join(":") } };
  }
  return null;
}

async function whyUnfit({ command, env }: RedisBinary): Promise<string | null> {
  try {
    const { stdout } = await run(command, ["--version"], { env, timeout: 10_000 });
    const version = /\bv=((\d+)\.\d+\.\d+)/.exec(stdout);
    if (version === null) return `${command} does not tell its version`;
    if (Number(version[2]) >= oldestMajor) return null;
    return `${command} is version ${version[1]}, older than ${oldestMajor}.0.0`;
  } catch (error) {
    return `${command} does not run (${firstErrors(error)})`;
  }
}

interface Packager {
  readonly aptGet: string;
  readonly dpkgDeb: string;
  readonly cacheDir: string;
}

/**
 * apt resolves, downloads and checks the signatures, in folders of our own. Only packages that the system lacks are
 * downloaded, so the libraries that it has are used from where they are.
 */
async function fillCache({ aptGet, dpkgDeb, cacheDir }: Packager): Promise<RedisBinary> {
  await mkdir(cacheDir, { recursive: true });
  const work = await mkdtemp(join(cacheDir, "filling-"));
  try {
    const settings = join(work, "apt.conf");
    await writeFile(settings, privateApt);
    const lists = join(work, "lists");
    await mkdir(join(lists, "partial"), { recursive: true });

    const problems = new Set<string>();
    // The system's lists of packages come first. They can be absent (container images) or out of date: then fresh ones.
    for (const listOptions of [[], ["-o", `Dir::State::lists=${lists}`]]) {
      const apt = ["-c", settings, "-qq", ...listOptions];
      // Sources that fail are left out: what matters is whether the package can be had from the others.
      if (listOptions.length > 0)
        await runApt(aptGet, [...apt, "update"]).catch((error) => problems.add(messageOf(error)));
      for (const name of servers) {
        try {
          const debs = await download(aptGet, apt, name, work);
          const root = await mkdtemp(join(work, "root-"));
          for (const deb of debs) await run(dpkgDeb, ["-x", deb, root]);
          const unfit = await whyUnfitRoot(root, name);
          if (unfit === null) return await publish(root, cacheDir);
          problems.add(unfit);
        } catch (error) {
          problems.add(messageOf(error));
        }
      }
    }
    throw new Error([...problems].join("; "));
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/**
 * Locks belong to root and guard what we do not touch. The user `_apt` often cannot write to a folder in a checkout. The
 * cleared hooks would change the system (and delete what was just downloaded).
 */
const privateApt = `
Debug::NoLocking "true";
APT::Sandbox::User "root";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::Retries "1";
Acquire::http::Timeout "20";
Acquire::https::Timeout "20";
`;

async function download(aptGet: string, apt: readonly string[], name: string, work: string): Promise<string[]> {
  const cache = await mkdtemp(join(work, "cache-"));
  const archives = join(cache, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  const folders = ["-o", `Dir::Cache=${cache}`, "-o", `Dir::Cache::archives=${archives}`];
  await runApt(aptGet, [...apt, ...folders, "-y", "--no-install-recommends", "--download-only", "install", name]);
  const files = await readdir(archives);
  return files.filter((file) => file.endsWith(".deb")).map((file) => join(archives, file));
}

async function runApt(aptGet: string, args: readonly string[]): Promise<void> {
  // It inherits the environment, where the address of a proxy may be.
  await run(aptGet, args, { timeout: 180_000 }).catch((error: unknown) => {
    throw new Error(`${basename(aptGet)} failed (${firstErrors(error)})`, { cause: error });
  });
}

async function whyUnfitRoot(root: string, name: string): Promise<string | null> {
  const binary = await inRoot(root);
  return binary === null ? `the package ${name} has no server for this system` : whyUnfit(binary);
}

async function publish(root: string, cacheDir: string): Promise<RedisBinary> {
  const place = join(cacheDir, basename(root));
  await rename(root, place);
  const binary = await inRoot(place);
  if (binary === null) throw new Error(`${place} was removed while it was filled`);
  return binary;
}

async function which(name: string, path: string): Promise<string | null> {
  for (const folder of path.split(delimiter)) {
    // An empty entry means the current folder to a shell; nobody wants to run a server from there.
    if (folder === "") continue;
    const file = resolve(folder, name);
    const executable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (executable) return file;
  }
  return null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Of a failed command: its lines that begin with `E:` as apt writes them, else the last line. */
function firstErrors(error: unknown): string {
  const stderr = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  const text = stderr === "" ? messageOf(error) : stderr;
  const lines = text.split("\n").map((line) => line.trim());
  const errors = lines.filter((line) => line.startsWith("E:")).map((line) => line.slice(2).trim());
  return errors.slice(0, 3).join(" ") || (lines.at(-1) ?? "");
}
