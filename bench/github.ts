/**
 * Receiving from GitHub: ours against Probot's own middleware with an empty handler. Ours answers when the facts of the
 * pull request and the triggers are in Redis; Probot's stores nothing.
 */
import { generateKeyPairSync } from "node:crypto";
import { githubPath, githubSecret, opening, stepsOfLife, wholeLife } from "./github-deliveries.ts";
import { type Candidate, connections, type IngestRow, type Lanes, race } from "./ingest.ts";
import type { World } from "./world.ts";

export interface GithubResult {
  /** On average. */
  readonly bodyBytes: number;
  readonly requests: number;
  readonly probot: IngestRow;
  readonly usual: IngestRow;
  readonly others: readonly IngestRow[];
}

const appId = 29_310;
const keyPrefix = "github";

export async function measureGithub(world: World): Promise<GithubResult> {
  const { quick } = world;
  await using servers = new AsyncDisposableStack();
  // Short rounds, and many: a shared machine is twice as fast in one second as in the next.
  const livesPerLane = 2;
  const usual = lanesOf(livesPerLane, wholeLife);
  const worst = lanesOf(livesPerLane * stepsOfLife, (number) => [opening(number)]);
  const { privateKey } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const order = { appId, privateKey, secret: githubSecret, path: githubPath };
  const handling = servers.use(await world.startProbot({ ...order, handler: true }));
  const bare = servers.use(await world.startProbot({ ...order, handler: false }));
  const env = { APP_ID: String(appId), PRIVATE_KEY: privateKey, WEBHOOK_SECRET: githubSecret };
  const bot = servers.use(await world.startBot({ keyPrefix, workers: false, profile: true, env }));
  const candidate = (name: string, server: Candidate["server"], load: Lanes): Candidate => {
    return { name, server, keyPrefix: null, load };
  };

  const [probot, first] = await race(
    world,
    [candidate("Probot, empty handler", handling, usual), candidate("Signalbox, receiving", bot, usual)],
    quick ? { warmUps: 10, rounds: 10 } : { warmUps: 40, rounds: 100 },
  );
  await requireNews(world, connections * livesPerLane);
  const [, ...others] = await race(
    world,
    [
      candidate("Probot, empty handler", handling, worst),
      candidate("Probot, no handler", bare, worst),
      candidate("every webhook triggers", bot, worst),
    ],
    quick ? { warmUps: 4, rounds: 4 } : { warmUps: 10, rounds: 25 },
  );
  await requireNews(world, worst.count);
  if (probot === undefined || first === undefined) throw new Error("Cannot measure: there is nothing but Probot");
  const bodies = usual.lanes.flat().map(({ body }) => body.length);
  const bodyBytes = bodies.reduce((sum, length) => sum + length, 0) / bodies.length;
  return { bodyBytes, requests: usual.count, probot, usual: first, others };
}

/** Each is about pull requests that no other is about. */
function lanesOf(pullsPerLane: number, make: (number: number) => Lanes["lanes"][number]): Lanes {
  const lanes = Array.from({ length: connections }, (_, lane) =>
    Array.from({ length: pullsPerLane }, (_, i) => make(lane * pullsPerLane + i + 1)).flat(),
  );
  return { lanes, count: lanes.reduce((sum, { length }) => sum + length, 0) };
}

/** The last to run was ours: what it recorded is still there. */
async function requireNews({ redis }: World, pulls: number): Promise<void> {
  const recorded = (await redis.keys(`${keyPrefix}:*:pull:*`)).length;
  if (recorded !== pulls) throw new Error(`Cannot measure: of ${pulls} pull requests ${recorded} were recorded`);
}
