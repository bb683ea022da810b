/** The check run that says whether the settings in a commit can be read. It is made once: a commit does not change. */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { type GithubClient, GithubUnclear } from "./client.ts";
import type { Thing } from "./keeper.ts";
import { settingsCheck } from "./messages/settings-check.ts";

interface SettingsCheck {
  readonly github: GithubClient;
  readonly repository: RepositoryRef;
  readonly commit: string;
  readonly path: string;
  readonly mistakes: readonly { readonly line: number; readonly message: string }[];
  readonly now: Instant;
}

const Id = z.object({ id: z.int().positive().transform(String) });
const Found = z.object({
  check_runs: z.array(Id.extend({ app: z.object({ id: z.number() }).nullish() })),
});

export function settingsCheckThing({ github, repository, commit, path, mistakes, now }: SettingsCheck): Thing {
  const content = settingsCheck(path, mistakes);
  return {
    slot: { organization: repository.organization, name: `settings-check/${repository.repository}/${commit}` },
    version: now,
    content,
    memory: null,
    stage: content.conclusion,
    settled: true,
    alwaysLook: false,
    remove: null,
    async find() {
      const answer = await github.call(repository, {
        name: "checks.listForRef",
        method: "GET",
        path: "/repos/{owner}/{repo}/commits/{ref}/check-runs",
        parameters: { ref: commit, check_name: content.name, app_id: github.appId, filter: "latest", per_page: 100 },
      });
      if (answer === null) return null;
      const { check_runs: runs } = Found.parse(answer.data);
      return runs.find(({ app }) => (app?.id ?? github.appId) === github.appId)?.id ?? null;
    },
    async create() {
      const answer = await github.call(repository, {
        name: "checks.create",
        method: "POST",
        path: "/repos/{owner}/{repo}/check-runs",
        parameters: { head_sha: commit, ...content },
      });
      if (answer === null) return null;
      const created = Id.safeParse(answer.data);
      if (!created.success) throw new GithubUnclear("checks.create", { cause: created.error });
      return created.data.id;
    },
    // What was made for this commit says it already, be it that we found it again.
    edit: async () => "edited",
  };
}
