/** From the text of a file to its rules, or to all that is wrong with it. Never throws, whatever the text is. */
import { policyFiles } from "../domain/policy.ts";
import type { PolicyRules } from "../domain/policy-merge.ts";
import { mistakesIn } from "./mistakes.ts";
import { operatorRules, rulesOf } from "./rules.ts";
import { OperatorFile, RepositoryFile } from "./schema.ts";
import { type Mistake, readYaml } from "./yaml.ts";

type Read<T> = { readonly ok: true; readonly rules: T } | { readonly ok: false; readonly mistakes: readonly Mistake[] };

export function readRepositoryFile(text: string): Read<PolicyRules> {
  const file = readYaml(text);
  if (!("content" in file)) return { ok: false, mistakes: file };
  const parsed = RepositoryFile.safeParse(file.content);
  return parsed.success
    ? { ok: true, rules: rulesOf(parsed.data, policyFiles.repository, file) }
    : { ok: false, mistakes: mistakesIn(parsed.error.issues, file) };
}

export function readOperatorFile(text: string): Read<ReturnType<typeof operatorRules>> {
  const file = readYaml(text);
  if (!("content" in file)) return { ok: false, mistakes: file };
  const parsed = OperatorFile.safeParse(file.content);
  return parsed.success
    ? { ok: true, rules: operatorRules(parsed.data, file) }
    : { ok: false, mistakes: mistakesIn(parsed.error.issues, file) };
}
