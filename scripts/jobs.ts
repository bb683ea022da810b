/**
 * `npm run jobs -- <command>`: what an operator sees of the triggered jobs, and the way to replay what was given up.
 * Reads the same settings as the process (REDIS_URL); the embedded Redis is reached while Signalbox runs.
 */
import { join } from "node:path";
import { systemClock } from "../src/clock.ts";
import { jobs } from "../src/jobs/index.ts";
import { createQueue } from "../src/jobs/queue.ts";
import { kindOf, type markFromId, markId } from "../src/jobs/subjects.ts";
import { createKeys } from "../src/state/keys.ts";
import { createMarks } from "../src/state/marks.ts";
import { connect, ready } from "../src/state/redis.ts";
import { loadScripts } from "../src/state/scripts.ts";

const usage = `npm run jobs -- list            all kinds of jobs, in their order
npm run jobs -- waiting         subjects that wait for their job, and since when
npm run jobs -- dead            subjects that were given up, and why
npm run jobs -- replay <id>     try a dead subject again; "all" for every one
npm run jobs -- drop <id>       forget a dead subject; "all" for every one`;

const say = (line: string): void => void process.stdout.write(`${line}\n`);
const [command, id] = process.argv.slice(2);
const known = ["waiting", "dead", "replay", "drop"];
const embedded = `unix://${join(import.meta.dirname, "..", ".data", "redis.sock")}`;

const redis = connect(process.env.REDIS_URL || embedded, "request");
redis.on("error", () => undefined);
const keys = createKeys("signalbox");

async function run(): Promise<void> {
  if (command === "list") {
    const table = Object.entries(jobs).sort(([, a], [, b]) => a.order - b.order);
    for (const [kind, { order, does }] of table) say(`${String(order).padStart(3)}  ${kind.padEnd(16)}${does}`);
    return;
  }
  if (command === undefined) return say(usage);
  if (!known.includes(command)) throw new Error(`Cannot ${command}: no such command\n\n${usage}`);
  await ready(redis, 3000).catch((cause: unknown) => {
    const where = process.env.REDIS_URL ? "at REDIS_URL" : "in .data/: start Signalbox first, or set REDIS_URL";
    throw new Error(`Cannot read the jobs: no Redis answers ${where}`, { cause });
  });
  const marks = createMarks(redis, loadScripts(redis), keys);
  const organizations = await marks.organizations();
  if (command === "waiting") {
    const all = (await Promise.all(organizations.map((organization) => marks.waiting(organization)))).flat();
    for (const { since, due, ...mark } of all) {
      const until = due === null ? "" : `, again at ${new Date(due).toISOString()}`;
      say(`${markId(mark)}\n    since ${new Date(since).toISOString()}${until}`);
    }
    return say(`${all.length} waiting`);
  }
  const dead = (await Promise.all(organizations.map((organization) => marks.dead(organization)))).flat();
  if (command === "dead") {
    for (const { why, ...mark } of dead) {
      say(`${markId(mark)}\n    ${new Date(why.at).toISOString()}, after ${why.attempts} attempts: ${why.error}`);
    }
    return say(
      dead.length === 0 ? "nothing was given up" : `${dead.length} given up; replay with: npm run jobs -- replay all`,
    );
  }
  const chosen = id === "all" ? dead : dead.filter((mark) => markId(mark) === id);
  if (chosen.length === 0)
    throw new Error(`Cannot ${command} ${id ?? "nothing"}: no dead subject has this id; see: npm run jobs -- dead`);
  for (const mark of chosen) await (command === "drop" ? marks.forgetDead(mark) : replay(mark, marks));
  say(`${chosen.length} ${command === "drop" ? "dropped" : "fired again"}`);
}

async function replay(mark: ReturnType<typeof markFromId>, marks: ReturnType<typeof createMarks>): Promise<void> {
  const queue = createQueue({
    connection: redis,
    prefix: keys.queuePrefix,
    clock: systemClock,
    orderOf: (kind) => jobs[kind].order,
  });
  await marks.mark(mark.organization, [mark.subject], systemClock.now());
  if (kindOf(mark.subject) !== null) await queue.refire([mark]);
  await queue.close();
}

try {
  await run();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
} finally {
  redis.disconnect();
}
