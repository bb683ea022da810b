/** Comments on issues and pull requests, and the reactions to them. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import { commentEvent } from "./events-comment.ts";
import type { Issue } from "./issue.ts";
import type { Pull } from "./pull.ts";
import type { Repository } from "./repository.ts";

export const reactionContents = ["+1", "-1", "laugh", "confused", "heart", "hooray", "rocket", "eyes"] as const;
export type ReactionContent = (typeof reactionContents)[number];

export interface Reaction {
  readonly id: number;
  readonly user: Account;
  readonly content: ReactionContent;
  readonly createdAt: Instant;
}

/** What can be discussed. Both are issues to the API. */
export type Thread = Pull | Issue;

export interface Comment {
  readonly id: number;
  readonly thread: Thread;
  readonly user: Account;
  /** Written by the app, not by a person. */
  readonly viaApp: boolean;
  readonly createdAt: Instant;
  body: string;
  updatedAt: Instant;
  /** How often somebody changed it. */
  edits: number;
  readonly reactions: Reaction[];
}

export class Comments {
  readonly #repository: Repository;
  readonly #comments = new Map<number, Comment>();

  constructor(repository: Repository) {
    this.#repository = repository;
  }

  find(id: number): Comment | undefined {
    return this.#comments.get(id);
  }

  /** Oldest first. */
  of(thread: Thread): readonly Comment[] {
    return [...this.#comments.values()].filter((comment) => comment.thread === thread);
  }

  create(thread: Thread, user: Account, body: string, viaApp = false): Comment {
    const { clock, ids } = this.#repository.world;
    const now = clock.now();
    const id = ids.next("comment");
    const comment = { id, thread, user, viaApp, createdAt: now, body, updatedAt: now, edits: 0, reactions: [] };
    this.#comments.set(id, comment);
    thread.touch();
    this.#tell("created", comment, user);
    return comment;
  }

  edit(comment: Comment, body: string, by: Account): void {
    const from = comment.body;
    comment.body = body;
    comment.updatedAt = this.#repository.world.clock.now();
    comment.edits += 1;
    this.#tell("edited", comment, by, { changes: { body: { from } } });
  }

  delete(comment: Comment, by: Account): void {
    this.#comments.delete(comment.id);
    this.#tell("deleted", comment, by);
  }

  /** One of each kind a person: the second is the first. No webhook tells of it. */
  react(comment: Comment, user: Account, content: ReactionContent): { reaction: Reaction; isNew: boolean } {
    const known = comment.reactions.find((one) => one.user.id === user.id && one.content === content);
    if (known !== undefined) return { reaction: known, isNew: false };
    const { clock, ids } = this.#repository.world;
    const reaction = { id: ids.next("reaction"), user, content, createdAt: clock.now() };
    comment.reactions.push(reaction);
    return { reaction, isNew: true };
  }

  #tell(action: "created" | "edited" | "deleted", comment: Comment, by: Account, more: object = {}): void {
    this.#repository.tell("issue_comment", action, commentEvent(comment, action, by, more));
  }
}
