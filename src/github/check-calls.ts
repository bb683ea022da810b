/** The calls about check runs that everything of ours on a commit makes. */
import { z } from "zod";
import type { RepositoryRef } from "../domain/pull.ts";
import { type GithubClient, GithubUnclear } from "./client.ts";

export const checkRunsPath = "/repos/{owner}/{repo}/check-runs";

const Shown = z.object({
  id: z.int().positive().transform(String),
  status: z.string(),
  conclusion: z.string().nullish(),
  external_id: z.string().nullish(),
  app: z.object({ id: z.number() }).nullish(),
  output: z.object({ annotations_count: z.number().nullish() }).nullish(),
});
export type ShownCheckRun = z.infer<typeof Shown>;
const Found = z.object({ check_runs: z.array(Shown) });

/** Those of our app by this name, the newest first. @returns null where GitHub lets us see nothing. */
export async function findCheckRuns(
  github: GithubClient,
  repository: RepositoryRef,
  commit: string,
  name: string,
): Promise<readonly ShownCheckRun[] | null> {
  const answer = await github.call(repository, {
    name: "checks.listForRef",
    method: "GET",
    path: "/repos/{owner}/{repo}/commits/{ref}/check-runs",
    parameters: { ref: commit, check_name: name, app_id: github.appId, filter: "latest", per_page: 100 },
  });
  if (answer === null) return null;
  return Found.parse(answer.data)
    .check_runs.filter(({ app }) => (app?.id ?? github.appId) === github.appId)
    .sort((a, b) => Number(b.id) - Number(a.id));
}

/** @returns its id; null where GitHub lets us show nothing. */
export async function createCheckRun(
  github: GithubClient,
  repository: RepositoryRef,
  commit: string,
  content: object,
): Promise<string | null> {
  const answer = await github.call(repository, {
    name: "checks.create",
    method: "POST",
    path: checkRunsPath,
    parameters: { head_sha: commit, ...content },
  });
  return answer === null ? null : readCheckRun(answer.data, "checks.create").id;
}

/** What was just written. It was taken: an answer that cannot be read does not undo that. */
export function readCheckRun(data: unknown, name: string): ShownCheckRun {
  const shown = Shown.safeParse(data);
  if (!shown.success) throw new GithubUnclear(name, { cause: shown.error });
  return shown.data;
}

/** @returns null when it cannot be told. */
export function annotationsShown(data: unknown): number | null {
  const shown = Shown.safeParse(data);
  return shown.success ? (shown.data.output?.annotations_count ?? 0) : null;
}
