/**
 * Asks GitHub, before an alert is told, which changes came between the last green build and the first red one. The alert
 * waits for that a moment and no longer: what is known later comes by an edit, and in the thread for whom it concerns.
 */
import type { Instant } from "../clock.ts";
import type { AlertState } from "../domain/alert.ts";
import type { Changes } from "../domain/changes.ts";
import { findSuspects as suspectsIn } from "../domain/find-suspects.ts";
import { lastGreenBefore } from "../domain/history.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { githubRepositoryRef } from "../domain/repository.ts";
import type { Suspicion } from "../domain/suspects.ts";
import { type GithubClient, GithubUnclear } from "../github/client.ts";
import { type CommitRange, fetchChanges } from "../github/suspects.ts";
import { Later } from "../later.ts";
import type { StoredAlert } from "../state/alerts.ts";
import type { Run, Tools } from "./job.ts";
import type { AlertRef } from "./subjects.ts";

/** How long the first post waits for all calls together. */
const firstLookMs = 1500;
/** Somebody may have pressed a button meanwhile, and waits to see it. */
const laterLookMs = 4000;
const askAgainAfterMs = 30_000;
/** Then the alert is taken for one whose changes nobody can name. */
const giveUpAfterMs = 15 * 60_000;
/** Nobody wants to be called for what broke yesterday. */
const worthAskingForMs = 24 * 60 * 60_000;

/** @returns when to look again. */
export async function findSuspects(ref: AlertRef, tools: Tools, { log }: Run): Promise<Instant | null> {
  const { alerts, clock, github } = tools;
  if (github === null) return null;
  const stored = await alerts.read(ref.organization, ref.alert);
  if (stored === null || stored.state.status !== "failing") return null;
  const now = clock.now();
  const { state } = stored;
  const known = stored.suspects?.build === state.since.number ? stored.suspects : null;
  if (known?.kind === "unknown" || now - state.since.at >= worthAskingForMs) return null;
  if (known?.kind === "pending" && known.again > now) return known.again;
  const green = lastGreenBefore(await tools.verdicts.history(state), state.since.number)?.number ?? null;
  // Green builds that are told late make the range shorter; those that the history forgets do not make it longer.
  if (known?.kind === "found" && (green ?? 0) <= (known.green ?? 0)) return null;
  const place = await placeOf(state, green, tools);
  if (place === "not yet") return null;
  const next = place === null ? unknown(state) : await ask(github, place, { state, green, known, now, log });
  await keep(ref, stored, next, tools);
  return next.kind === "pending" ? next.again : null;
}

interface Place {
  readonly repository: RepositoryRef;
  readonly range: CommitRange;
}

const fullHash = /^[0-9a-f]{40}$/;

/** @returns null when GitHub cannot know; `not yet` while Buildkite itself does not. */
async function placeOf(state: AlertState, green: number | null, tools: Tools): Promise<Place | "not yet" | null> {
  const { organization, pipeline, since } = state;
  const read = (number: number) => tools.builds.read({ organization, pipeline, number });
  const [first, last] = await Promise.all([read(since.number), green === null ? null : read(green)]);
  const head = first?.commit ?? since.commit;
  if (head === null) return "not yet";
  const repository = githubRepositoryRef(first?.repository ?? null, tools.github?.host ?? "github.com");
  if (repository === null || !fullHash.test(head)) return null;
  const base = last?.commit ?? null;
  return { repository, range: { head, base: base !== null && fullHash.test(base) ? base : null } };
}

interface Question {
  readonly state: AlertState;
  readonly green: number | null;
  readonly known: Suspicion | null;
  readonly now: Instant;
  readonly log: Run["log"];
}

async function ask(github: GithubClient, { repository, range }: Place, question: Question): Promise<Suspicion> {
  const { state, green, known, log } = question;
  const build = state.since.number;
  const { base, head } = range;
  try {
    const limit = known === null ? firstLookMs : laterLookMs;
    const changes =
      base === head
        ? { commits: [], files: [], truncated: false }
        : await within(limit, (signal) => fetchChanges(github, repository, range, signal));
    if (changes === "slow") return pending(question, 0);
    // What was found before is better than nothing, and is not asked for once more.
    if (changes === null) return known?.kind === "found" ? { ...known, green } : unknown(state);
    const suspects = suspectsIn(changes.commits, state.branch, changes.truncated);
    log.info({ build, green, suspects: suspects.total, commits: changes.commits.length }, "suspects found");
    return { ...suspects, kind: "found", build, green, base, head, files: [...changes.files] };
  } catch (error) {
    // Whatever it is, the alert is told: nobody hears of a red branch otherwise.
    if (error instanceof Later || error instanceof GithubUnclear) {
      log.info({ err: error }, "GitHub cannot tell now who may have broken the branch");
    } else log.warn({ err: error }, "Cannot ask GitHub who may have broken the branch");
    return pending(question, error instanceof Later ? error.at : 0);
  }
}

function unknown({ since }: AlertState): Suspicion {
  return { kind: "unknown", build: since.number };
}

/** What was found before stays until there is something better. */
function pending({ state, known, now }: Question, notBefore: Instant): Suspicion {
  if (known?.kind === "found") return known;
  const since = known?.kind === "pending" ? known.since : now;
  const last = since + giveUpAfterMs;
  if (now >= last) return unknown(state);
  const again = Math.min(last, Math.max(now + askAgainAfterMs, notBefore));
  return { kind: "pending", build: state.since.number, since, again };
}

/** What is begun goes to its end by the client's own limit, and nobody waits for it. */
async function within(ms: number, work: (signal: AbortSignal) => Promise<Changes | null>) {
  const signal = AbortSignal.timeout(ms);
  const slow = new Promise<"slow">((resolve) => {
    signal.addEventListener("abort", () => resolve("slow"), { once: true });
  });
  const answer = work(signal);
  // Its error has nobody left to hear it, once it is slow.
  answer.catch(() => undefined);
  return Promise.race([slow, answer]);
}

async function keep(
  { organization, alert: id }: AlertRef,
  { version, suspects: known }: StoredAlert,
  suspects: Suspicion,
  { alerts, clock }: Tools,
): Promise<void> {
  if (suspects === known) return;
  const now = clock.now();
  if ((await alerts.act(organization, id, version, { suspects }, [], now)) === null) {
    throw new Later("somebody changed the alert", now);
  }
}
