/** Pictures of HTML pages by a headless Chromium, which needs no network and leaves nothing behind. */
import { execFile } from "node:child_process";
import { access, constants, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

const quiet = [
  "--headless",
  // In a container Chromium runs as root, where its sandbox does not work; it only sees a page of our own.
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--disable-background-networking",
  "--disable-component-update",
  "--no-first-run",
  "--hide-scrollbars",
  "--force-color-profile=srgb",
  "--force-device-scale-factor=2",
];
const timeout = 60_000;

export async function findChromium(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const folders = (env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  for (const path of env.CHROMIUM ? [env.CHROMIUM] : onPath) {
    if (await canRun(path)) return path;
  }
  const state = env.CHROMIUM ? `CHROMIUM names ${env.CHROMIUM}, which cannot be run` : "no Chromium is on the PATH";
  const packages = "apt-get install chromium fonts-lato fonts-noto-color-emoji";
  throw new Error(`Cannot take pictures: ${state}; install one (${packages}), or set CHROMIUM to its path`);
}

function canRun(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Of the whole page, however high it is, in twice the pixels; what the page leaves empty is transparent. */
export async function takePicture(chromium: string, html: string, width: number, to: string): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), "signalbox-picture-"));
  try {
    const page = join(dir, "page.html");
    // Chromium can write down the page, and so what a script of the page has measured.
    const measure = "document.documentElement.dataset.height = Math.ceil(document.body.getBoundingClientRect().height)";
    await writeFile(page, `${html}<script>${measure}</script>`);
    const flags = [...quiet, `--user-data-dir=${join(dir, "profile")}`];
    const url = pathToFileURL(page).href;
    const dump = await run(chromium, [...flags, `--window-size=${width},1000`, "--dump-dom", url], { timeout });
    const height = /<html[^>]* data-height="(\d+)"/.exec(dump.stdout)?.[1];
    if (height === undefined) throw new Error(`Cannot measure the page: ${chromium} did not run its script`);
    const picture = [`--window-size=${width},${height}`, "--default-background-color=00000000", `--screenshot=${to}`];
    await run(chromium, [...flags, ...picture, url], { timeout });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
