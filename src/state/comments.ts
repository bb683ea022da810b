/** The commands of comments on pull requests, as they were when they were made. */
import type { Redis } from "ioredis";
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { PullComment } from "../domain/event.ts";
import { Organization } from "../domain/ids.ts";
import { type PullRef, RepositoryName, type RepositoryRef } from "../domain/pull.ts";
import { markOf } from "../jobs/subjects.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Mark } from "./marks.ts";
import type { Scripts } from "./scripts.ts";

/** Nothing is kept of the text around the commands. */
export interface KeptComment extends Omit<PullComment, "body"> {
  readonly commands: readonly string[];
}

export interface Comments {
  /** Keeps it and marks `answerComment`, once: a redelivery changes nothing. @returns what to fire. */
  record(comment: KeptComment, now: Instant): Promise<Mark[]>;
  /** @returns null for one that was never recorded, or a week ago. */
  read(repository: RepositoryRef, id: number): Promise<KeptComment | null>;
  /**
   * Whether a pull request may get one more answer: anybody may ask in a public repository.
   * @param to Names what is answered: asked for again, it has its answer.
   */
  mayAnswer(pull: PullRef, to: string): Promise<boolean>;
}

const answersAnHour = 20;
const Count = z.number();

const Stored = z.object({
  pull: z.object({ organization: Organization, repository: RepositoryName, number: z.number() }),
  id: z.number(),
  author: z.object({ login: z.string(), type: z.string() }),
  commands: z.array(z.string()),
  createdAt: z.number(),
});

export function createComments(redis: Redis, scripts: Scripts, keys: Keys): Comments {
  return {
    async record(comment, now) {
      const { pull, id } = comment;
      const mark = markOf("answerComment", { ...pull, comment: id });
      const reply = await scripts.run(
        "keepOnce",
        [keys.comment(pull, id), keys.marks(pull.organization).marks],
        [now, ttl.request, JSON.stringify(comment), mark.subject],
      );
      return reply === 1 ? [mark] : [];
    },
    async read(repository, id) {
      const stored = await redis.get(keys.comment(repository, id));
      return stored === null ? null : Stored.parse(JSON.parse(stored));
    },
    async mayAnswer(pull, to) {
      return (
        Count.parse(await scripts.run("countWithin", [keys.answers(pull)], [to, answersAnHour, ttl.answers])) === 1
      );
    },
  };
}
