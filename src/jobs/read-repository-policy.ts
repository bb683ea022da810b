/**
 * Reads a repository's settings and CODEOWNERS from its default branch. A version that is broken changes nothing: the last
 * good one stays in force, and what is wrong is kept to be shown.
 */
import { digestOf } from "../digest.ts";
import type { BranchRef } from "../domain/ids.ts";
import { policyFiles } from "../domain/policy.ts";
import { fullNameOf, type RepositoryRef } from "../domain/pull.ts";
import type { GithubClient } from "../github/client.ts";
import { type RepositoryFile, readFile } from "../github/contents.ts";
import { Later } from "../later.ts";
import { readRepositoryFile } from "../policy/read.ts";
import { longestFile } from "../policy/yaml.ts";
import type { PolicyHead, StoredPolicy } from "../state/policies.ts";
import type { Run, Tools } from "./job.ts";
import { markOf } from "./subjects.ts";
import { wake } from "./wake.ts";

export const policyPath = policyFiles.repository;
/** Where GitHub looks for it, in this order. */
const codeownersPaths = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"];
const longestCodeowners = 256 * 1024;
const mostMistakes = 10;

const unread: StoredPolicy = {
  head: { readAt: 0, blob: null, text: null, codeowners: null, applied: null, problem: null, installed: false },
  text: "",
  codeowners: "",
};

export async function readRepositoryPolicy(ref: RepositoryRef, tools: Tools, { log }: Run): Promise<void> {
  const { github, policyFiles, clock } = tools;
  if (github === null) return;
  const before = (await policyFiles.read(ref)) ?? unread;
  const readAt = clock.now();
  const [file, codeowners] = await Promise.all([
    readFile(github, ref, { path: policyPath, commit: null, longest: longestFile }),
    readCodeowners(github, ref),
  ]);
  const unreachable = file.kind === "unreachable" || codeowners === null;
  const read = unreachable
    ? { ...before, head: { ...before.head, readAt, installed: false } }
    : withCodeowners(withFile(before, file, readAt), codeowners);
  if (!(await policyFiles.write(ref, read))) throw new Later("another run read it later", clock.now());
  const { problem, blob, text } = read.head;
  if (problem !== null && problem.since === readAt) {
    const mistakes = problem.mistakes.length;
    log.warn(
      { repository: fullNameOf(ref), blob, mistakes },
      "A repository's settings are broken: the last good ones hold",
    );
  }
  if (text === read.head.applied) return;
  await wakeAlerts(ref, tools);
  // After the marks: a run that ends in between is made up for by the next one.
  await policyFiles.write(ref, { ...read, head: { ...read.head, applied: text } });
  log.info({ repository: fullNameOf(ref), blob, settings: text !== null }, "settings of a repository changed");
}

function withFile(
  before: StoredPolicy,
  file: Exclude<RepositoryFile, { kind: "unreachable" }>,
  readAt: number,
): StoredPolicy {
  const head: PolicyHead = { ...before.head, readAt, installed: true };
  if (file.kind === "missing") return { ...before, head: { ...head, blob: null, text: null, problem: null }, text: "" };
  const { blob, text } = file;
  const mistakes = mistakesOf(text);
  if (text !== null && mistakes.length === 0) {
    return { ...before, head: { ...head, blob, text: nameOf(text), problem: null }, text };
  }
  const isKnown = head.problem !== null && head.blob === blob;
  const problem = isKnown ? head.problem : { since: readAt, mistakes: mistakes.slice(0, mostMistakes) };
  return { ...before, head: { ...head, blob, problem } };
}

/** @param text null: GitHub has something there that is no text, or none that we take. */
export function mistakesOf(text: string | null): readonly { readonly line: number; readonly message: string }[] {
  if (text === null) {
    return [{ line: 1, message: `this is no file of text of up to ${longestFile / 1024} KB; write settings in YAML` }];
  }
  const read = readRepositoryFile(text);
  return read.ok ? [] : read.mistakes;
}

function withCodeowners(before: StoredPolicy, text: string): StoredPolicy {
  const codeowners = text === "" ? null : nameOf(text);
  return { ...before, head: { ...before.head, codeowners }, codeowners: text };
}

/** The first there is. @returns null when GitHub does not let us look. */
async function readCodeowners(github: GithubClient, ref: RepositoryRef): Promise<string | null> {
  for (const path of codeownersPaths) {
    const file = await readFile(github, ref, { path, commit: null, longest: longestCodeowners });
    if (file.kind === "unreachable") return null;
    if (file.kind === "file") return file.text ?? "";
  }
  return "";
}

function nameOf(text: string): string {
  return digestOf(text);
}

/** Other rules hold for the alerts of the repository: where they go stays, what is muted and who is reminded may change. */
async function wakeAlerts(ref: RepositoryRef, tools: Tools): Promise<void> {
  const { alerts, marks } = tools;
  const name = fullNameOf(ref);
  for (const organization of await marks.organizations()) {
    const open = await alerts.open(organization);
    const stored = await Promise.all(open.map((id) => alerts.read(organization, id)));
    for (const { state } of stored.filter((alert) => alert !== null)) {
      if (state.repository?.toLowerCase() !== name) continue;
      const branch: BranchRef = { organization, pipeline: state.pipeline, branch: state.branch };
      const alert = { organization, alert: state.id };
      await wake([markOf("evaluateBranch", branch), markOf("syncAlert", alert), markOf("remind", alert)], tools);
    }
  }
}
