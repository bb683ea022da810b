/** Creates a build of the follow-up pipeline for each build and the way it ended: once, known by its meta-data. */
import { z } from "zod";
import { BuildkiteUnclear } from "../buildkite/client.ts";
import type { BuildFacts } from "../domain/facts.ts";
import type { FollowUp } from "../domain/policy.ts";
import { githubRepository } from "../domain/repository.ts";
import { Later } from "../later.ts";
import type { Run, Tools } from "./job.ts";
import type { FollowUpRef } from "./subjects.ts";

const leaseMs = 60_000;
/** The number of the build that was created. */
const Created = z.number();
const sourceKey = "signalbox:source";

export async function followUp(ref: FollowUpRef, tools: Tools, { log }: Run): Promise<void> {
  const { builds, slots, buildkite, clock, config } = tools;
  const target = config.policy.followUp;
  const facts = await builds.read(ref);
  if (target === null || buildkite === null || facts === null) return;

  const { organization, pipeline, number, ending } = ref;
  const at = { organization, pipeline: target.pipeline };
  const slot = { organization, name: `follow-up/${pipeline}/${number}/${ending}` };
  const source = `${facts.id}/${ending}`;
  const claim = await slots.claim(slot, Created, clock.now(), leaseMs);
  if (claim.kind === "done") return;
  if (claim.kind === "busy") throw new Later("another run creates this follow-up build", claim.until);
  let created: number;
  try {
    const found = claim.doubt ? await buildkite.findBuild(at, { key: sourceKey, value: source }) : null;
    created = found ?? (await buildkite.createBuild(at, newBuild(target, facts, ending, source)));
  } catch (error) {
    await (error instanceof BuildkiteUnclear ? slots.doubt(slot, claim.attempt) : slots.release(slot, claim.attempt));
    throw error;
  }
  await slots.done(slot, claim.attempt, created);
  log.info({ build: number, ending, followUp: created }, "follow-up build created");
}

function newBuild(target: FollowUp, facts: BuildFacts, ending: string, source: string) {
  const { ref, author, pullRequest } = facts;
  return {
    branch: target.branch,
    commit: target.commit,
    message: facts.message ?? `${ref.pipeline} #${ref.number}`,
    author: author?.name != null && author.email !== null ? { name: author.name, email: author.email } : null,
    env: environment(facts, ending, pullRequest?.number ?? null),
    // The kind keeps our own builds from being followed in turn.
    metaData: { [sourceKey]: source, "signalbox:kind": "follow-up" },
  };
}

/** The names the original build tracker used, without its prefix; `BUILDKITE_` is reserved. */
function environment(facts: BuildFacts, ending: string, pullRequest: number | null): Record<string, string> {
  const { ref, id, branch, commit } = facts;
  const repository = githubRepository(facts.repository);
  const url = repository === null ? null : `https://github.com/${repository}`;
  const values: Record<string, string | null | undefined> = {
    TRIGGERED_FROM_BUILD_ID: id,
    TRIGGERED_FROM_BUILD_NUMBER: String(ref.number),
    TRIGGERED_FROM_BUILD_STATE: ending,
    TRIGGERED_FROM_PIPELINE_SLUG: ref.pipeline,
    TRIGGERED_FROM_COMMIT: commit,
    TRIGGERED_FROM_COMMIT_URL: url && commit && `${url}/commit/${commit}`,
    TRIGGERED_FROM_BRANCH: branch,
    TRIGGERED_FROM_BRANCH_URL: url && `${url}/tree/${encodeURI(branch)}`,
    TRIGGERED_FROM_PR_NUMBER: pullRequest?.toString(),
    TRIGGERED_FROM_PR_URL: url && pullRequest !== null ? `${url}/pull/${pullRequest}` : null,
    TRIGGERED_FROM_BASE_BRANCH: facts.pullRequest?.base,
  };
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
