/** An issue that is no pull request: only there so that somebody can comment on it. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import type { Repository } from "./repository.ts";

export class Issue {
  readonly repository: Repository;
  readonly id: number;
  readonly number: number;
  readonly title: string;
  readonly body: string | null = null;
  readonly author: Account;
  readonly createdAt: Instant;
  readonly state = "open";
  readonly draft = false;
  readonly closedAt = null;
  readonly merge = null;
  readonly labels: ReadonlySet<string> = new Set();
  updatedAt: Instant;

  constructor(repository: Repository, number: number, title: string, author: Account) {
    this.repository = repository;
    this.id = repository.world.ids.next("pull");
    this.number = number;
    this.title = title;
    this.author = author;
    this.createdAt = repository.world.clock.now();
    this.updatedAt = this.createdAt;
  }

  touch(): void {
    this.updatedAt = this.repository.world.clock.now();
  }
}
