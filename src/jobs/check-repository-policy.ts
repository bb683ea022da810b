/**
 * Tells a pull request that changes the repository's settings whether they can be read: a check run on its newest commit.
 * One that does not touch them gets none.
 */
import { readFile } from "../github/contents.ts";
import { settingsCheckThing } from "../github/settings-check.ts";
import { longestFile } from "../policy/yaml.ts";
import type { Run, Tools } from "./job.ts";
import { mistakesOf, policyPath } from "./read-repository-policy.ts";
import type { PolicyCheckRef } from "./subjects.ts";

export async function checkRepositoryPolicy(ref: PolicyCheckRef, tools: Tools, { log }: Run): Promise<void> {
  const { github, clock, keeper } = tools;
  if (github === null) return;
  const { commit } = ref;
  const file = await readFile(github, ref, { path: policyPath, commit, longest: longestFile });
  if (file.kind !== "file") return;
  // The same file as on the default branch, good or not, is not what this pull request brings.
  const there = await readFile(github, ref, { path: policyPath, commit: null, longest: longestFile });
  if (there.kind === "file" && there.blob === file.blob) return;
  const mistakes = mistakesOf(file.text);
  const thing = settingsCheckThing({ github, repository: ref, commit, path: policyPath, mistakes, now: clock.now() });
  const result = await keeper.keep(thing);
  if (result.kind === "nowhere") log.info({ reason: result.why }, "settings not checked");
  else if (result.kind === "shown" && result.how !== "unchanged") {
    log.info({ commit, mistakes: mistakes.length }, "settings checked");
  }
}
