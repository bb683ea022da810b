/**
 * The policy in force for a pipeline's repository: the operator's file and the repository's own, merged.
 *
 * Which version holds is asked of Redis each time, in one small read; kept in memory is only what a version, named by
 * its content, comes to. So two processes never disagree for longer than that read takes, and nothing is ever parsed twice
 * in a row. Without GitHub, or for a pipeline that is not built from a repository there, the operator's file holds alone
 * and Redis is not asked.
 */
import type { Clock } from "./clock.ts";
import type { Config } from "./config.ts";
import type { AlertState } from "./domain/alert.ts";
import { type Codeowners, ownersOf, parseCodeowners } from "./domain/codeowners.ts";
import type { Organization, Owner } from "./domain/ids.ts";
import type { Policy } from "./domain/policy.ts";
import { mergePolicy } from "./domain/policy-merge.ts";
import { fullNameOf, type RepositoryRef, repositoryRef } from "./domain/pull.ts";
import { githubRepositoryRef } from "./domain/repository.ts";
import { spell } from "./jobs/subjects.ts";
import { readRepositoryFile } from "./policy/read.ts";
import type { Mark, Marks } from "./state/marks.ts";
import type { PolicyFiles, PolicyHead } from "./state/policies.ts";

type Place = Pick<AlertState, "repository" | "host">;

export interface Policies {
  /** @param repository `owner/name` on the GitHub that Signalbox is an app of; null: elsewhere. */
  of(repository: string | null): Promise<Policy>;
  /** For the pipeline of an alert. */
  ofAlert(alert: Place): Promise<Policy>;
  /** @param address Of a pipeline's repository, as Buildkite spells it. */
  ofAddress(address: string | null): Promise<Policy>;
  /** Who in Slack owns these files by the repository's CODEOWNERS, as far as the teams of the policy tell. */
  ownersOf(alert: Place, files: readonly string[]): Promise<readonly Owner[]>;
  /** The operator's alone, and that of each repository that has settings of its own. */
  all(): Promise<readonly Policy[]>;
}

export interface PoliciesOptions {
  readonly config: Pick<Config, "policy" | "rules">;
  readonly files: PolicyFiles;
  readonly marks: Pick<Marks, "introduce" | "mark" | "organizations">;
  readonly fire: (marks: readonly Mark[]) => Promise<void>;
  /** Of GitHub's repositories; null: the GitHub part is off. */
  readonly host: string | null;
  readonly clock: Clock;
}

/** A push that GitHub never told us of is found out by then. */
const readAgainAfterMs = 24 * 60 * 60_000;
/** Where the app was not installed it may be by then. */
const askAgainAfterMs = 60 * 60_000;
const mostRemembered = 500;
const mostOwners = 5;

export function createPolicies({ config, files, marks, fire, host, clock }: PoliciesOptions): Policies {
  const policies = createMemory<Policy>(mostRemembered);
  const codeowners = createMemory<Codeowners>(mostRemembered);

  /** Nobody has read it yet, or long ago: once it is read, whatever is open is looked at again. */
  async function wantRead(ref: RepositoryRef): Promise<void> {
    await marks.introduce(ref.organization);
    const fired = await marks.mark(ref.organization, [spell("readRepositoryPolicy", ref)], clock.now());
    // It is marked: without its trigger the sweep finds it, and whoever asks goes on.
    await fire(fired).catch(() => undefined);
  }

  async function headOf(ref: RepositoryRef): Promise<PolicyHead | null> {
    const head = await files.head(ref);
    const oldAfter = head?.installed === false ? askAgainAfterMs : readAgainAfterMs;
    if (head === null || head.readAt + oldAfter <= clock.now()) await wantRead(ref);
    return head;
  }

  async function inForce(ref: RepositoryRef): Promise<Policy> {
    const head = await headOf(ref);
    if (head === null || (head.text === null && head.problem === null)) return config.policy;
    const { text: version, problem } = head;
    const key = JSON.stringify([fullNameOf(ref), version, problem]);
    const known = policies.get(key);
    if (known !== undefined) return known;
    const stored = version === null ? null : await files.read(ref);
    // A newer one came between the two reads: it is as good.
    if (stored !== null && stored.head.text !== version) return merged(ref, stored.text, stored.head.problem);
    return policies.keep(key, merged(ref, stored?.text ?? "", problem));
  }

  function merged(ref: RepositoryRef, text: string, problem: PolicyHead["problem"]): Policy {
    const read = readRepositoryFile(text);
    // What was good for the version that stored it may not be for this one; then it holds no longer.
    const rules = read.ok ? read.rules : null;
    return mergePolicy(config.rules, { rules, repository: { name: fullNameOf(ref), problem } });
  }

  async function codeownersOf(ref: RepositoryRef): Promise<Codeowners | null> {
    const version = (await headOf(ref))?.codeowners ?? null;
    if (version === null) return null;
    const known = codeowners.get(version);
    if (known !== undefined) return known;
    const stored = await files.read(ref);
    return stored?.head.codeowners === version ? codeowners.keep(version, parseCodeowners(stored.codeowners)) : null;
  }

  function placeOf({ repository, host: its = "github.com" }: Place): RepositoryRef | null {
    if (repository === null || its.toLowerCase() !== host?.toLowerCase()) return null;
    return repositoryRef(repository);
  }

  const policyOf = async (ref: RepositoryRef | null): Promise<Policy> => (ref === null ? config.policy : inForce(ref));

  return {
    of: (repository) => policyOf(host === null || repository === null ? null : repositoryRef(repository)),
    ofAlert: (alert) => policyOf(placeOf(alert)),
    ofAddress: (address) => policyOf(host === null ? null : githubRepositoryRef(address, host)),
    async ownersOf(alert, paths) {
      const ref = placeOf(alert);
      const rules = ref === null || paths.length === 0 ? null : await codeownersOf(ref);
      if (rules === null) return [];
      const { teams } = await policyOf(ref);
      const owners = ownersOf(paths, rules).flatMap((name) => teams.get(name) ?? []);
      return [...new Set(owners)].slice(0, mostOwners);
    },
    async all() {
      const organizations: readonly Organization[] = host === null ? [] : await marks.organizations();
      const refs = await Promise.all(organizations.map((organization) => files.repositories(organization)));
      return [config.policy, ...(await Promise.all(refs.flat().map(inForce)))];
    },
  };
}

/** What was asked for last stays. */
function createMemory<T>(most: number) {
  const kept = new Map<string, T>();
  return {
    get(key: string): T | undefined {
      const value = kept.get(key);
      if (value !== undefined) {
        kept.delete(key);
        kept.set(key, value);
      }
      return value;
    },
    keep(key: string, value: T): T {
      kept.set(key, value);
      const [oldest] = kept.keys();
      if (kept.size > most && oldest !== undefined) kept.delete(oldest);
      return value;
    },
  };
}
