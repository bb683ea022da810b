/** The settings files of repositories, as they were last read: small what says which version holds, and the texts beside it. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Organization } from "../domain/ids.ts";
import { RepositoryName, type RepositoryRef } from "../domain/pull.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

export const PolicyHead = z.object({
  readAt: z.number(),
  /** Of the newest version, good or not; null: there is no file. */
  blob: z.string().nullable(),
  /** Name the texts by what is in them; null: there is none. */
  text: z.string().nullable(),
  codeowners: z.string().nullable(),
  /** The text that open alerts were judged by: another one makes all of them be looked at again. */
  applied: z.string().nullable(),
  /** Of the newest version. The text is then the last good one. */
  problem: z
    .object({ since: z.number(), mistakes: z.array(z.object({ line: z.number(), message: z.string() })) })
    .nullable(),
  /** false: GitHub does not let us read there, and what was known stays. */
  installed: z.boolean(),
});
export type PolicyHead = z.infer<typeof PolicyHead>;

export interface StoredPolicy {
  readonly head: PolicyHead;
  /** Empty when there is none. */
  readonly text: string;
  readonly codeowners: string;
}

export interface PolicyFiles {
  /** One small read. null: nobody has looked yet, or long ago. */
  head(ref: RepositoryRef): Promise<PolicyHead | null>;
  read(ref: RepositoryRef): Promise<StoredPolicy | null>;
  /** @returns false when a later reading is there: then nothing was written. */
  write(ref: RepositoryRef, stored: StoredPolicy): Promise<boolean>;
  /** Of an owner: those that have a file. */
  repositories(organization: Organization): Promise<readonly RepositoryRef[]>;
}

export function createPolicyFiles(redis: Redis, scripts: Scripts, keys: Keys): PolicyFiles {
  return {
    async head(ref) {
      const head = await redis.hget(keys.policy(ref), "head");
      return head === null ? null : PolicyHead.parse(JSON.parse(head));
    },
    async read(ref) {
      const [head, text, codeowners] = await redis.hmget(keys.policy(ref), "head", "text", "codeowners");
      if (head == null) return null;
      return { head: PolicyHead.parse(JSON.parse(head)), text: text ?? "", codeowners: codeowners ?? "" };
    },
    async write(ref, { head, text, codeowners }) {
      const reply = await scripts.run(
        "writePolicy",
        [keys.policy(ref), keys.policies(ref.organization)],
        [ttl.idle, head.readAt, ref.repository, JSON.stringify(PolicyHead.parse(head)), text, codeowners],
      );
      return reply === 1;
    },
    async repositories(organization) {
      const names = await redis.smembers(keys.policies(organization));
      return names.map((name) => ({ organization, repository: RepositoryName.parse(name) }));
    },
  };
}
