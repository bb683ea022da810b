/** Asks Buildkite about a red build that no known job explains: then, and only then. */
import { z } from "zod";
import { BuildkiteRefused } from "../buildkite/client.ts";
import type { BuildRef } from "../domain/ids.ts";
import { Hopeless, Later } from "../later.ts";
import type { Run, Tools } from "./job.ts";
import { markOf } from "./subjects.ts";

/** Longer than all requests for one build take. */
const leaseMs = 60_000;

export async function fetchBuild(ref: BuildRef, tools: Tools, { log }: Run): Promise<void> {
  const { builds, slots, buildkite, clock } = tools;
  const facts = await builds.read(ref);
  const verdict = await builds.verdict(ref);
  if (buildkite === null || facts === null || verdict?.jobsUnknown !== true) return;

  // Once for each time the build turned red: an answer that explains nothing would explain nothing twice.
  const turned = facts.endings.failed ?? facts.failingAt ?? 0;
  const slot = { organization: ref.organization, name: `fetch/${ref.pipeline}/${ref.number}/${turned}` };
  const claim = await slots.claim(slot, z.unknown(), clock.now(), leaseMs);
  if (claim.kind === "done") return;
  if (claim.kind === "busy") throw new Later("another run asks for this build", claim.until);
  try {
    const answer = await buildkite.build(ref);
    const mark = markOf("evaluateBuild", ref);
    let fire = false;
    for (const job of [null, ...(answer?.jobs ?? [])]) {
      if (answer === null) break;
      const recorded = await builds.record(answer.build, job, mark.subject, clock.now());
      fire ||= recorded.fire;
    }
    if (fire) await tools.fire([mark]);
    await slots.done(slot, claim.attempt, { at: clock.now() });
    log.info({ build: ref.number, found: answer !== null, jobs: answer?.jobs.length ?? 0 }, "build fetched");
  } catch (error) {
    await slots.release(slot, claim.attempt);
    // The alert says "jobs unknown"; asking for a day would not change what the token may do.
    if (!(error instanceof BuildkiteRefused || error instanceof Hopeless)) throw error;
    log.warn({ err: error }, "build not fetched");
  }
}
