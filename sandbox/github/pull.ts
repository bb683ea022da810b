/** A pull request: what people do to it, and what the app is told. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import { pullEvent, reviewEvent } from "./events-pull.ts";
import { type Commit, changesBetween, type FileChange } from "./git.ts";
import type { CommitOptions, Repository } from "./repository.ts";

export interface PullOptions {
  readonly number?: number;
  readonly title?: string;
  readonly body?: string | null;
  /** Login. Default: ada. */
  readonly author?: string;
  /** Default: `change-<number>`. */
  readonly branch?: string;
  /** The fork that has the branch. */
  readonly fork?: Repository;
  /** Default: the default branch. */
  readonly base?: string;
  readonly draft?: boolean;
  readonly labels?: readonly string[];
  /** What its branch gets when it has nothing of its own. Default: one commit with the title. */
  readonly commits?: readonly CommitOptions[];
}

export type ReviewVerdict = "approved" | "changes_requested" | "commented" | "dismissed";

export interface Review {
  readonly id: number;
  readonly user: Account;
  state: ReviewVerdict;
  readonly body: string;
  readonly commit: string;
  readonly submittedAt: Instant;
}

export interface Merge {
  readonly at: Instant;
  readonly by: Account;
  /** The last commit that it brought to the base branch. */
  readonly commit: string;
}

export type PullAction =
  | "opened"
  | "synchronize"
  | "closed"
  | "reopened"
  | "edited"
  | "labeled"
  | "unlabeled"
  | "ready_for_review"
  | "converted_to_draft";

export class Pull {
  readonly repository: Repository;
  readonly id: number;
  readonly number: number;
  readonly author: Account;
  readonly headBranch: string;
  readonly createdAt: Instant;
  /** Null when the fork is gone. */
  headRepository: Repository | null;
  headSha: string;
  baseBranch: string;
  baseSha: string;
  title: string;
  body: string | null;
  draft: boolean;
  state: "open" | "closed" = "open";
  merge: Merge | null = null;
  closedAt: Instant | null = null;
  updatedAt: Instant;
  readonly labels: Set<string>;
  readonly reviews: Review[] = [];
  /** Its branch was made, or got commits, when it was opened. */
  readonly begun: { readonly before: string | null } | null = null;
  /** Every commit that came with it, wherever a merge wrote it anew. Known once it is merged. */
  readonly landed = new Set<string>();

  constructor(repository: Repository, options: PullOptions) {
    const { world, git } = repository;
    this.repository = repository;
    this.id = world.ids.next("pull");
    this.number = options.number ?? repository.nextNumber();
    this.title = options.title ?? `Change ${this.number}`;
    this.body = options.body ?? null;
    this.author = world.accounts.of(options.author ?? "ada");
    const head = options.fork ?? repository;
    this.headRepository = head;
    this.headBranch = options.branch ?? `change-${this.number}`;
    this.baseBranch = options.base ?? repository.defaultBranch;
    this.baseSha = repository.tip(this.baseBranch);
    const tip = head.branches.get(this.headBranch);
    if (tip === undefined || git.contains(this.baseSha, tip)) {
      const start = { branch: this.headBranch, author: this.author.login };
      const commits = options.commits ?? [{ message: this.title }];
      if (tip === undefined) head.move(this.headBranch, this.baseSha);
      this.begun = { before: tip ?? null };
      for (const commit of commits) head.commit({ ...start, ...commit });
    }
    this.headSha = head.tip(this.headBranch);
    this.draft = options.draft ?? false;
    this.labels = new Set(options.labels);
    this.createdAt = world.clock.now();
    this.updatedAt = this.createdAt;
  }

  get commits(): readonly Commit[] {
    return this.repository.git.range(this.baseSha, this.headSha);
  }

  get files(): readonly FileChange[] {
    const { git } = this.repository;
    return changesBetween(git.mergeBase(this.baseSha, this.headSha), git.get(this.headSha));
  }

  get url(): string {
    return `https://github.com/${this.repository.fullName}/pull/${this.number}`;
  }

  /** Is this commit one of its own? */
  has(sha: string): boolean {
    return this.merge === null ? this.commits.some((commit) => commit.sha === sha) : this.landed.has(sha);
  }

  follow(sha: string): void {
    this.headSha = sha;
    this.baseSha = this.repository.tip(this.baseBranch);
    this.touch();
  }

  edit(change: { readonly title?: string; readonly body?: string; readonly base?: string }, by: Account): void {
    const changes = {
      ...(change.title === undefined ? {} : { title: { from: this.title } }),
      ...(change.body === undefined ? {} : { body: { from: this.body } }),
      ...(change.base === undefined ? {} : { base: { ref: { from: this.baseBranch }, sha: { from: this.baseSha } } }),
    };
    this.title = change.title ?? this.title;
    this.body = change.body ?? this.body;
    this.baseBranch = change.base ?? this.baseBranch;
    this.baseSha = this.repository.tip(this.baseBranch);
    this.touch();
    this.tell("edited", by, { changes });
  }

  label(name: string, by: Account): void {
    this.labels.add(name);
    this.touch();
    this.tell("labeled", by, { label: name });
  }

  unlabel(name: string, by: Account): void {
    this.labels.delete(name);
    this.touch();
    this.tell("unlabeled", by, { label: name });
  }

  setDraft(draft: boolean, by: Account): void {
    this.draft = draft;
    this.touch();
    this.tell(draft ? "converted_to_draft" : "ready_for_review", by);
  }

  close(by: Account): void {
    this.state = "closed";
    this.closedAt = this.repository.world.clock.now();
    this.touch();
    this.tell("closed", by);
  }

  reopen(by: Account): void {
    if (this.merge !== null) throw new Error(`Cannot reopen #${this.number}: it is merged`);
    this.state = "open";
    this.closedAt = null;
    this.touch();
    this.tell("reopened", by);
  }

  review(state: Exclude<ReviewVerdict, "dismissed">, by: Account, body = ""): Review {
    const { world } = this.repository;
    const submittedAt = world.clock.now();
    const review = { id: world.ids.next("review"), user: by, state, body, commit: this.headSha, submittedAt };
    this.reviews.push(review);
    this.touch();
    this.#tellReview("submitted", review, by);
    return review;
  }

  dismiss(review: Review, by: Account): void {
    review.state = "dismissed";
    this.touch();
    this.#tellReview("dismissed", review, by);
  }

  /** Merged by `commit`; `landed` are the commits that the base branch got for it. */
  land(commit: string, by: Account, landed: Iterable<string>): void {
    for (const sha of [...landed, ...this.commits.map(({ sha }) => sha), commit]) this.landed.add(sha);
    const at = this.repository.world.clock.now();
    this.merge = { at, by, commit };
    this.state = "closed";
    this.closedAt = at;
    this.touch();
    this.tell("closed", by);
  }

  /** Somebody pushed its commits to the base branch: GitHub sees that it is merged. */
  landIfContained(branch: string, tip: string, by: Account): void {
    const open = this.state === "open" && this.baseBranch === branch && this.headSha !== this.baseSha;
    if (open && this.repository.git.contains(tip, this.headSha)) this.land(this.headSha, by, []);
  }

  tell(action: PullAction, by: Account, more: object = {}): void {
    this.repository.tell("pull_request", action, pullEvent(this, action, by, more));
  }

  touch(): void {
    this.updatedAt = this.repository.world.clock.now();
  }

  #tellReview(action: "submitted" | "dismissed", review: Review, by: Account): void {
    this.repository.tell("pull_request_review", action, reviewEvent(this, action, review, by));
  }
}
