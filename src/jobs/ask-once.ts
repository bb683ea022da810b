/**
 * Of one failure of a build Buildkite hears once, whoever wants it run again and wherever they say so: in Slack, in a
 * comment, at a check. The slot keeps what came of it, and is named by the failure alone: a build that is rebuilt while its
 * jobs are retried is two runs where one was needed.
 */
import { z } from "zod";
import { BuildkiteUnclear } from "../buildkite/client.ts";
import type { Instant } from "../clock.ts";
import type { BuildRef } from "../domain/ids.ts";
import { Later } from "../later.ts";
import type { Asked } from "./ask-buildkite.ts";
import type { Tools } from "./job.ts";

const What = z.enum(["retry", "rebuild"]);
type What = z.infer<typeof What>;
/** The number of the build that runs. */
const Ran = z.object({ what: What, build: z.number() });

/** Longer than all calls to Buildkite can take together. */
const leaseMs = 40_000;

/** Which failure of a build, as alerts and plans name it. */
interface Failure extends Pick<BuildRef, "organization" | "pipeline"> {
  readonly failure: string;
}

interface Asking {
  /** @param since When an attempt began that may have succeeded without our hearing of it; null: there was none. */
  readonly ask: (since: Instant | null) => Promise<Asked>;
  /** Notes that it runs; twice, perhaps, when that is cut off. */
  readonly note?: () => Promise<void>;
}

export async function askOnce(
  { organization, pipeline, failure }: Failure,
  what: What,
  { ask, note }: Asking,
  { slots, clock }: Pick<Tools, "slots" | "clock">,
): Promise<Asked> {
  const slot = { organization, name: `rerun/${pipeline}/${failure}` };
  const claim = await slots.claim(slot, Ran, clock.now(), leaseMs);
  if (claim.kind === "done") return answerTo(what, claim.result.what, claim.result.build);
  if (claim.kind === "busy") throw new Later("another run is asking Buildkite", claim.until);
  let asked: Asked;
  try {
    asked = await ask(claim.doubt ? claim.firstClaimedAt : null);
  } catch (error) {
    await (error instanceof BuildkiteUnclear ? slots.doubt(slot, claim.attempt) : slots.release(slot, claim.attempt));
    throw error;
  }
  // Nothing came of what was refused: it may be asked for again.
  if (asked.kind === "refused") await slots.release(slot, claim.attempt);
  else {
    await note?.();
    await slots.done(slot, claim.attempt, { what, build: asked.build } satisfies z.infer<typeof Ran>);
  }
  return asked;
}

/** To one who comes later. @param ran What was asked for before them. */
export function answerTo(wanted: What, ran: What, build: number): Asked {
  if (wanted === ran) return { kind: "running", build };
  const reason = ran === "retry" ? "its failed jobs run again already" : "it is built again already";
  return { kind: "refused", reason, permanent: false, offer: null };
}
