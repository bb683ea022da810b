/** Compares a branch's history with its alert, and makes the alert say what is. */
import { type AlertFacts, type AlertState, type BuildSummary, decideAlert } from "../domain/alert.ts";
import type { BuildFacts } from "../domain/facts.ts";
import { fileMutesOf } from "../domain/file-mute.ts";
import { type HistoryEntry, type RedStretch, viewBranch } from "../domain/history.ts";
import type { BranchRef, Channel } from "../domain/ids.ts";
import { isFulfilled, silenceOf } from "../domain/mute.ts";
import { channelFor, type Policy } from "../domain/policy.ts";
import { repositoryHome } from "../domain/repository.ts";
import { Later } from "../later.ts";
import type { Run, Tools } from "./job.ts";
import { spell } from "./subjects.ts";

export async function evaluateBranch(ref: BranchRef, tools: Tools, { log }: Run): Promise<void> {
  const { alerts, verdicts, clock } = tools;
  const { organization } = ref;
  const history = await verdicts.history(ref);
  const currentId = await alerts.current(ref);
  const current = currentId === null ? null : await alerts.read(organization, currentId);
  const policy = await policyFor(ref, history, current?.state ?? null, tools);
  const view = viewBranch(history, policy.reopenWithin);
  if (view.status !== "red" && current === null) return;

  const red =
    view.lastStretch === null
      ? null
      : await describeStretch(ref, view.lastStretch, channelFor(policy, ref), tools, current?.state ?? null);
  const fixer = view.lastStretch?.fixedBy ?? null;
  const green = fixer === null ? null : await summary(ref, fixer.number, fixer.at, tools);
  const decision = decideAlert(current?.state ?? null, view, red, green, policy, clock.now());
  if (decision === null) return;

  const { state, notes, opens } = decision;
  // An alert of this name may exist and not be the current one: a build of long ago that was retried.
  const version = state.id === currentId ? current?.version : (await alerts.read(organization, state.id))?.version;
  const alert = { organization, alert: state.id };
  const active = await tools.mutes.active(organization);
  const hiding = (alertState: AlertState) => [...active, ...fileMutesOf(alertState, policy, clock.now())];
  const heard =
    !opens &&
    current?.state.status === "failing" &&
    state.status === "failing" &&
    // Something fails now that is not muted, after all that failed was.
    silenceOf(current.state, hiding(current.state), clock.now()) !== null &&
    silenceOf(state, hiding(state), clock.now()) === null;
  const subjects = [spell(opens ? "postAlert" : "syncAlert", alert)];
  if (opens || heard) subjects.push(spell("remind", alert));
  const fulfilled = active.filter((mute) => isFulfilled(mute, state));
  subjects.push(...fulfilled.map(({ id }) => spell("applyMute", { organization, mute: id })));
  if (state.status === "failing" && tools.buildkite !== null) subjects.push(spell("fetchLog", alert));
  const written = await alerts.write(
    ref,
    { current: currentId, version: version ?? 0 },
    state,
    opens ? "opens" : heard && current?.handling.kind === "open" ? "heard" : null,
    notes,
    subjects,
    clock.now(),
  );
  if (written.kind === "conflict") throw new Later("another run changed the alert", clock.now());
  // Before all that can fail: what is marked and not fired waits for the sweep.
  await tools.fire(written.fire);
  if (opens || state.toldJobs.length !== current?.state.toldJobs.length) {
    const failure = { alert: state.id, since: state.since.number, branch: ref.branch, jobs: state.toldJobs };
    await tools.told.add(organization, ref.pipeline, failure, clock.now());
  }
  if (written.changed) {
    const before = current?.state.status ?? "none";
    log.info(
      {
        alert: state.id,
        before,
        after: state.status,
        build: state.newest.number,
        streak: state.streak,
        notes: notes.length,
      },
      "alert decided",
    );
  }
}

/** Of the repository that the branch was built from last. Builds are forgotten before their alert is. */
async function policyFor(
  { organization, pipeline }: BranchRef,
  history: readonly HistoryEntry[],
  current: AlertState | null,
  { policies, builds, github }: Tools,
): Promise<Policy> {
  const number = history.at(-1)?.number;
  if (github === null || number === undefined) return policies.of(null);
  const newest = await builds.read({ organization, pipeline, number });
  if (newest !== null) return policies.ofAddress(newest.repository);
  return current === null ? policies.of(null) : policies.ofAlert(current);
}

async function describeStretch(
  ref: BranchRef,
  stretch: RedStretch,
  channel: Channel | null,
  tools: Tools,
  current: AlertState | null,
): Promise<AlertFacts | null> {
  const { builds } = tools;
  const newestRef = { ...ref, number: stretch.newest.number };
  const [facts, verdict] = await Promise.all([builds.read(newestRef), builds.verdict(newestRef)]);
  if (facts === null || verdict === null || channel === null) return null;
  const newest = summarize(facts, stretch.newest.redAt);
  const { first } = stretch;
  // The first build may be forgotten while its streak goes on.
  const since =
    first.number === newest.number
      ? newest
      : ((await summary(ref, first.number, first.redAt, tools)) ?? current?.since ?? newest);
  const flakes = await builds.flakes(
    ref.organization,
    ref.pipeline,
    verdict.causes.map((cause) => cause.key),
  );
  return {
    ref: { organization: ref.organization, pipeline: ref.pipeline, branch: ref.branch },
    channel,
    pipelineName: facts.pipelineName ?? ref.pipeline,
    ...homeOf(facts, tools),
    since,
    newest,
    verdict,
    flakes: Object.fromEntries(flakes),
  };
}

function homeOf({ repository }: BuildFacts, { github }: Tools): Pick<AlertFacts, "repository" | "host"> {
  const home = repositoryHome(repository, github?.host ?? null);
  if (home === null) return { repository: null };
  return home.host === "github.com" ? { repository: home.repository } : home;
}

async function summary(ref: BranchRef, number: number, at: number, tools: Tools): Promise<BuildSummary | null> {
  const { organization, pipeline } = ref;
  const facts = await tools.builds.read({ organization, pipeline, number });
  return facts === null ? null : summarize(facts, at);
}

function summarize(facts: BuildFacts, at: number): BuildSummary {
  const person = facts.author ?? facts.creator;
  return {
    number: facts.ref.number,
    commit: facts.commit,
    title: facts.message?.split("\n", 1)[0]?.trim() ?? "",
    person: person?.name ?? person?.username ?? person?.email ?? null,
    pullRequest: facts.pullRequest?.number ?? null,
    at,
  };
}
