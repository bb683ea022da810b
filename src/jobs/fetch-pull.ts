/** Asks GitHub about a pull request that somebody named and nobody knows, or that webhooks leave in doubt: then only. */
import type { PullRef } from "../domain/pull.ts";
import { GithubRefused } from "../github/client.ts";
import { readPull } from "../github/payloads/pull.ts";
import { Hopeless, Later } from "../later.ts";
import type { Run, Tools } from "./job.ts";

/** GitHub reads from copies of its data, which may be a little behind its webhooks. */
const askAgainMs = 10_000;

export async function fetchPull(pull: PullRef, tools: Tools, { log }: Run): Promise<void> {
  const { github, pulls, marks, clock } = tools;
  if (github === null || !(await pulls.isUncertain(pull))) return;
  const askedAt = clock.now();
  const answer = await ask(pull, tools);
  if (answer.kind === "absent") {
    await pulls.setAbsent(pull, answer.why);
    log.info({ pull: pull.number, why: answer.why, status: answer.status }, "pull request not fetched");
    return;
  }
  const snapshot = readPull(answer.data);
  if ("problem" in snapshot) throw new Hopeless(`Cannot read GitHub's answer: ${snapshot.problem}`);
  // It may have moved to an owner whom nobody has heard of.
  await marks.introduce(snapshot.organization);
  await tools.fire(await pulls.record(snapshot, "api", askedAt));
  log.info({ pull: pull.number, head: snapshot.head.sha, state: snapshot.state }, "pull request fetched");
  const moved = snapshot.repository !== pull.repository || snapshot.organization !== pull.organization;
  // Under its new name it is known now. Under the old one nobody should ask again.
  if (moved) await pulls.setAbsent(pull, "unknown");
  else if (await pulls.isUncertain(pull)) {
    throw new Later("GitHub's answer is older than its webhooks", askedAt + askAgainMs);
  }
}

type Answer =
  | { readonly kind: "found"; readonly data: unknown }
  | { readonly kind: "absent"; readonly why: "unknown" | "hidden"; readonly status: number | null };

async function ask(pull: PullRef, { github }: Tools): Promise<Answer> {
  try {
    const answer = await github?.call(pull, {
      name: "pulls.get",
      method: "GET",
      path: "/repos/{owner}/{repo}/pulls/{pull_number}",
      parameters: { pull_number: pull.number },
      expected: [404, 410],
    });
    // Not installed there, as far as we know: an installation that comes brings webhooks.
    if (answer === null || answer === undefined) return { kind: "absent", why: "hidden", status: null };
    if (answer.status === 404 || answer.status === 410)
      return { kind: "absent", why: "unknown", status: answer.status };
    return { kind: "found", data: answer.data };
  } catch (error) {
    // A permission that is missing does not come back by asking for a day.
    if (!(error instanceof GithubRefused)) throw error;
    return { kind: "absent", why: "hidden", status: error.status };
  }
}
