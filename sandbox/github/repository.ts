/** A repository: its branches, and what is discussed and checked in it. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import { Checks } from "./checks.ts";
import { Comments, type Thread } from "./comments.ts";
import { context } from "./events.ts";
import { pushEvent } from "./events-push.ts";
import { type Commit, type Files, Git, type Signature } from "./git.ts";
import { Issue } from "./issue.ts";
import { type MergeOptions, mergePull } from "./merge.ts";
import { Pull, type PullOptions } from "./pull.ts";
import type { World } from "./world.ts";

export interface RepositoryOptions {
  /** Default: main. */
  readonly defaultBranch?: string;
  readonly private?: boolean;
  readonly description?: string | null;
  readonly forkOf?: Repository;
}

export type Permission = "admin" | "maintain" | "write" | "triage" | "read" | "none";

/** A login, or a name and an address; then the login is found by the address, unless it is given. */
export type Author = string | { readonly name: string; readonly email: string; readonly login?: string | null };

export interface CommitOptions {
  readonly message?: string;
  /** Default: ada. */
  readonly author?: Author;
  /** Default: the author. */
  readonly committer?: Author;
  readonly files?: Files;
  /** Default: the default branch. One that is new begins at the default branch. */
  readonly branch?: string;
  /** Default: one that is made up. */
  readonly sha?: string;
  /** Default: the tip of the branch. */
  readonly parents?: readonly string[];
}

export class Repository {
  readonly world: World;
  readonly id: number;
  owner: Account;
  name: string;
  readonly defaultBranch: string;
  readonly private: boolean;
  readonly description: string | null;
  readonly parent: Repository | null;
  readonly git: Git;
  readonly createdAt: Instant;
  pushedAt: Instant;
  readonly checks: Checks;
  readonly comments: Comments;
  readonly #branches = new Map<string, string>();
  readonly #pulls = new Map<number, Pull>();
  readonly #issues = new Map<number, Issue>();
  readonly #permissions = new Map<string, Permission>();

  constructor(world: World, owner: Account, name: string, options: RepositoryOptions) {
    const { forkOf: parent = null } = options;
    this.world = world;
    this.id = world.ids.next("repository");
    this.owner = owner;
    this.name = name;
    this.defaultBranch = options.defaultBranch ?? parent?.defaultBranch ?? "main";
    this.private = options.private ?? parent?.private ?? false;
    this.description = options.description ?? null;
    this.parent = parent;
    this.git = parent?.git ?? new Git();
    this.createdAt = world.clock.now();
    this.pushedAt = this.createdAt;
    this.checks = new Checks(this);
    this.comments = new Comments(this);
    for (const [branch, sha] of parent?.branches ?? []) this.#branches.set(branch, sha);
  }

  get fullName(): string {
    return `${this.owner.login}/${this.name}`;
  }

  get branches(): ReadonlyMap<string, string> {
    return this.#branches;
  }

  get pulls(): readonly Pull[] {
    return [...this.#pulls.values()];
  }

  findPull(number: number): Pull | undefined {
    return this.#pulls.get(number);
  }

  tip(branch = this.defaultBranch): string {
    const sha = this.#branches.get(branch);
    if (sha === undefined) throw new Error(`Cannot find the tip of ${branch}: ${this.fullName} has no such branch`);
    return sha;
  }

  /** Writes history of which nobody is told: what was there before the story. */
  commit(options: CommitOptions = {}): Commit {
    const branch = options.branch ?? this.defaultBranch;
    const author = this.sign(options.author ?? "ada");
    const tip = this.#branches.get(branch) ?? this.#branches.get(this.defaultBranch);
    const commit = this.git.write({
      ...(options.sha === undefined ? {} : { sha: options.sha }),
      parents: options.parents ?? (tip === undefined ? [] : [tip]),
      author,
      committer: options.committer === undefined ? author : this.sign(options.committer),
      message: options.message ?? "Change something",
      files: options.files ?? {},
    });
    this.move(branch, commit.sha);
    return commit;
  }

  /** Commits, in one push, of which the app is told. @returns the last of them. */
  push(commits: CommitOptions | readonly [CommitOptions, ...CommitOptions[]], by?: string): Commit {
    const [first, ...more] = "length" in commits ? commits : ([commits] as const);
    const branch = first.branch ?? this.defaultBranch;
    const before = this.#branches.get(branch) ?? null;
    let last = this.commit({ ...first, branch });
    for (const options of more) last = this.commit({ ...options, branch });
    this.announce(branch, before, this.world.accounts.of(by ?? last.author.login ?? "ada"));
    return last;
  }

  /** Points the branch to another commit, whatever was there, and tells. */
  forcePush(branch: string, sha: string, by = "ada"): void {
    const before = this.#branches.get(branch) ?? null;
    this.move(branch, sha);
    this.announce(branch, before, this.world.accounts.of(by));
  }

  deleteBranch(branch: string, by = "ada"): void {
    const before = this.tip(branch);
    this.#branches.delete(branch);
    this.announce(branch, before, this.world.accounts.of(by));
  }

  fork(owner: string): Repository {
    const account = this.world.accounts.of(owner);
    return this.world.createRepository(`${account.login}/${this.name}`, { forkOf: this });
  }

  /** Opens a pull request. Its branch gets a commit of the author's when it has none of its own. */
  pull(options: PullOptions = {}): Pull {
    const pull = new Pull(this, options);
    // GitHub hears of the branch first.
    if (pull.begun !== null) pull.headRepository?.announce(pull.headBranch, pull.begun.before, pull.author);
    this.#pulls.set(pull.number, pull);
    pull.tell("opened", pull.author);
    return pull;
  }

  mergePull(pull: Pull, options: MergeOptions = {}): Commit {
    return mergePull(pull, options);
  }

  /** An issue that is no pull request. */
  issue(title: string, author = "ada"): Issue {
    const issue = new Issue(this, this.nextNumber(), title, this.world.accounts.of(author));
    this.#issues.set(issue.number, issue);
    return issue;
  }

  findThread(number: number): Thread | undefined {
    return this.#pulls.get(number) ?? this.#issues.get(number);
  }

  /** Pull requests and issues share their numbers. */
  nextNumber(): number {
    return Math.max(0, ...this.#pulls.keys(), ...this.#issues.keys()) + 1;
  }

  rename(name: string, by = "ada"): void {
    const from = this.name;
    this.world.rename(this, name);
    const changes = { repository: { name: { from } } };
    this.tell("repository", "renamed", { action: "renamed", changes, ...context(this, this.world.accounts.of(by)) });
  }

  /** Gives it to another owner, of which nobody is told. */
  transfer(login: string): void {
    this.world.rename(this, this.name, this.world.accounts.of(login));
  }

  permit(login: string, permission: Permission): void {
    this.#permissions.set(this.world.accounts.of(login).login.toLowerCase(), permission);
  }

  /** The owner may do all; anybody may read what is public. */
  permissionOf(login: string): Permission {
    if (login.toLowerCase() === this.owner.login.toLowerCase()) return "admin";
    return this.#permissions.get(login.toLowerCase()) ?? (this.private ? "none" : "read");
  }

  /** Open pull requests from this branch follow it. */
  move(branch: string, sha: string): void {
    this.git.get(sha);
    this.#branches.set(branch, sha);
    this.pushedAt = this.world.clock.now();
    for (const pull of this.#pullsFrom(branch)) pull.follow(sha);
  }

  announce(branch: string, before: string | null, by: Account): void {
    const after = this.#branches.get(branch) ?? null;
    this.tell("push", null, pushEvent(this, { branch, before, after, by }));
    if (after === null) return;
    this.checks.request(after, branch, before, by);
    for (const pull of this.#pullsFrom(branch)) pull.tell("synchronize", by, { before, after });
    for (const pull of this.pulls) pull.landIfContained(branch, after, by);
  }

  /** Sends an event of this repository to the app, when it can see the repository. */
  tell(event: string, action: string | null, payload: object): void {
    const installation = this.installation;
    if (installation === null || installation.suspended) return;
    this.world.emit({ event, action, installation, repository: this, payload });
  }

  get installation() {
    const found = this.world.installationOf(this.owner.login);
    return found?.has(this) === true ? found : null;
  }

  sign(author: Author): Signature {
    const at = this.world.clock.now();
    if (typeof author === "string") {
      const { login, name, email } = this.world.accounts.of(author);
      return { login, name: name ?? login, email, at };
    }
    const { name, email } = author;
    const login = author.login === undefined ? (this.world.accounts.withEmail(email)?.login ?? null) : author.login;
    return { login, name, email, at };
  }

  #pullsFrom(branch: string): Pull[] {
    const everywhere = this.parent === null ? [this] : [this, this.parent];
    return everywhere
      .flatMap(({ pulls }) => pulls)
      .filter(
        ({ state, headRepository, headBranch }) => state === "open" && headRepository === this && headBranch === branch,
      );
  }
}
