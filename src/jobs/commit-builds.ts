/** The builds of a commit, with what was concluded from them. */
import type { CommitBuild } from "../domain/comment-plan.ts";
import type { AlertId, BuildRef, Organization } from "../domain/ids.ts";
import type { Mute } from "../domain/mute.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { verdictOf } from "../domain/verdict.ts";
import type { Tools } from "./job.ts";

type Stores = Pick<Tools, "reports" | "builds" | "alerts" | "mutes">;

export async function buildsOfCommit(
  repository: RepositoryRef,
  commit: string,
  tools: Stores,
): Promise<readonly CommitBuild[]> {
  const refs = await tools.reports.ofCommit(repository, commit);
  const builds = await Promise.all(refs.map((ref) => commitBuild(ref, tools)));
  return builds.filter((build) => build !== null);
}

/** @returns null for a build whose facts have expired. */
export async function commitBuild(
  ref: BuildRef,
  { builds, alerts }: Pick<Stores, "builds" | "alerts">,
): Promise<CommitBuild | null> {
  const facts = await builds.read(ref);
  if (facts === null) return null;
  const verdict = (await builds.verdict(ref)) ?? verdictOf(facts, new Map());
  const alert = await alerts.current({ ...ref, branch: facts.branch });
  return { facts, verdict, alert: alert === null ? null : await failing(ref.organization, alert, alerts) };
}

async function failing(organization: Organization, id: AlertId, alerts: Tools["alerts"]): Promise<AlertId | null> {
  const stored = await alerts.read(organization, id);
  return stored?.state.status === "failing" ? id : null;
}

export async function mutesOfBuilds(
  builds: readonly CommitBuild[],
  { mutes }: Pick<Stores, "mutes">,
): Promise<readonly Mute[]> {
  const organizations = new Set(builds.map(({ facts }) => facts.ref.organization));
  return (await Promise.all([...organizations].map((organization) => mutes.active(organization)))).flat();
}
