/** The check run that says whether the settings in a commit can be read. It is made once: a commit does not change. */
import type { Instant } from "../clock.ts";
import type { RepositoryRef } from "../domain/pull.ts";
import { createCheckRun, findCheckRuns } from "./check-calls.ts";
import type { GithubClient } from "./client.ts";
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
      const [run] = (await findCheckRuns(github, repository, commit, content.name)) ?? [];
      return run?.id ?? null;
    },
    create: () => createCheckRun(github, repository, commit, content),
    // What was made for this commit says it already, be it that we found it again.
    edit: async () => "edited",
  };
}
