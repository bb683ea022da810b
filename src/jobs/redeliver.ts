import { stepFor } from "../domain/redelivery.ts";
import { GithubRefused } from "../github/client.ts";
import { askForDelivery, type DeliveryPage, listDeliveries } from "../github/deliveries.ts";
import type { Walk } from "../state/deliveries.ts";
import type { Run, Tools } from "./job.ts";
import { githubApp, type OwnerRef } from "./subjects.ts";

const minute = 60_000;
const hour = 60 * minute;
/** GitHub keeps them for so long. */
const longestGap = 72 * hour;
/** What was still under way at the last look may be listed with an earlier time. */
const overlap = 10 * minute;
/** Of a hundred deliveries each. More are left for the next run: this is nothing anybody waits for. */
const mostPages = 10;
const mostAsked = 50;

/**
 * Looks through what GitHub tried to deliver since the last look, and asks again for what nobody took. Running twice does
 * no harm: what was asked for is remembered, and a webhook that comes twice changes nothing.
 */
export async function redeliver(_ref: OwnerRef, tools: Tools, { log }: Run): Promise<void> {
  const { github, deliveries, clock } = tools;
  if (github === null) return;
  const walk = (await deliveries.walk()) ?? { watermark: 0, unfinished: null };
  const until = Math.max(walk.watermark, clock.now() - longestGap);
  let { cursor, watermark } = walk.unfinished ?? { cursor: null, watermark: null };
  const seen = new Set<string>();
  let asked = 0;

  /** @returns false when it is enough for this run: what was done is remembered, and the page is read once more. */
  const lookThrough = async (page: DeliveryPage): Promise<boolean> => {
    for (const delivery of page.deliveries) {
      if (asked >= mostAsked) return false;
      const { guid, at } = delivery;
      // The newest attempt of each comes first.
      if (at < until || seen.has(guid)) continue;
      seen.add(guid);
      const step = stepFor(delivery, await deliveries.read(guid), clock.now());
      if (step.kind === "nothing") continue;
      if (step.kind === "wait") {
        // The next looks must come by it again.
        watermark = Math.min(watermark ?? at, at);
        continue;
      }
      if (step.kind === "ask") {
        asked += 1;
        const willCome = await askForDelivery(github, delivery);
        log.info(
          { guid, status: delivery.status, attempt: step.memory.attempts, willCome },
          "asked for a webhook again",
        );
      }
      if (step.kind === "give up") log.warn({ guid, status: delivery.status }, "A webhook of GitHub never got through");
      await deliveries.write(guid, step.memory);
    }
    return true;
  };

  for (let pages = 1; ; pages += 1) {
    const page = await pageAt(cursor, walk, tools);
    const times = page.deliveries.map(({ at }) => at);
    watermark ??= times[0] === undefined ? null : times[0] - overlap;
    const done = await lookThrough(page);
    if (done && (page.next === null || times.some((at) => at < until))) break;
    if (done) cursor = page.next;
    if (!done || pages >= mostPages) {
      await deliveries.setWalk({ ...walk, unfinished: { cursor, watermark: watermark ?? until } });
      return tools.triggerAt("redeliver", githubApp, clock.now() + minute);
    }
  }
  await deliveries.setWalk({ watermark: Math.max(walk.watermark, watermark ?? 0), unfinished: null });
  await tools.triggerAt("redeliver", githubApp, clock.now() + hour);
}

async function pageAt(cursor: string | null, walk: Walk, { github, deliveries }: Tools): Promise<DeliveryPage> {
  if (github === null) return { deliveries: [], next: null };
  try {
    return await listDeliveries(github, cursor);
  } catch (error) {
    // A cursor that GitHub no longer knows: the next try begins anew.
    if (error instanceof GithubRefused && cursor !== null) await deliveries.setWalk({ ...walk, unfinished: null });
    throw error;
  }
}
