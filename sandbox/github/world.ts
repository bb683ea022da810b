/** What the stand-in holds: accounts, repositories, and where the app is installed. Each thing changes itself. */
import type { Clock } from "../../src/clock.ts";
import { type Account, Accounts } from "./accounts.ts";
import { Ids } from "./ids.ts";
import { Installation, type InstallationOptions } from "./installation.ts";
import { Repository, type RepositoryOptions } from "./repository.ts";

/** Tells the app's webhook; only what an installation lets it see comes here. */
export type Emit = (delivery: {
  readonly event: string;
  readonly action: string | null;
  readonly installation: Installation | null;
  readonly repository: Repository | null;
  readonly payload: object;
}) => void;

type Access = "read" | "write";
export type Permissions = Readonly<Record<string, Access>>;

/** The GitHub App. */
export interface AppRecord {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: Account;
  /** What it asks for; an installation may have accepted less. */
  readonly permissions: Permissions;
  readonly events: readonly string[];
  /** Acts for it. */
  readonly bot: Account;
}

export class World {
  readonly clock: Clock;
  readonly ids = new Ids();
  readonly accounts = new Accounts(this.ids);
  readonly app: AppRecord;
  /** Checks commits, too. */
  readonly otherApp: AppRecord;
  readonly emit: Emit;
  readonly installations: Installation[] = [];
  readonly #repositories = new Map<string, Repository>();
  readonly #moved = new Map<string, Repository>();

  constructor(clock: Clock, app: Pick<AppRecord, "id" | "slug" | "permissions" | "events">, emit: Emit) {
    this.clock = clock;
    this.emit = emit;
    this.app = {
      ...app,
      name: app.slug,
      owner: this.accounts.of("signalbox-dev", { type: "Organization" }),
      bot: this.accounts.of(`${app.slug}[bot]`),
    };
    const slug = "github-actions";
    const owner = this.accounts.of("github", { type: "Organization" });
    const bot = this.accounts.of(`${slug}[bot]`);
    this.otherApp = { id: 15_368, slug, name: "GitHub Actions", owner, permissions: {}, events: [], bot };
  }

  /** Sets up a repository, and its owner, an organization unless it is known as something else. */
  createRepository(fullName: string, options: RepositoryOptions = {}): Repository {
    if (this.findRepository(fullName) !== undefined) throw new Error(`Cannot create ${fullName}: it exists`);
    const [owner = "", name = ""] = fullName.split("/");
    const account = this.accounts.find(owner) ?? this.accounts.of(owner, { type: "Organization" });
    const repository = new Repository(this, account, name, options);
    this.#repositories.set(fullName.toLowerCase(), repository);
    return repository;
  }

  repository(fullName: string): Repository {
    const found = this.findRepository(fullName);
    if (found === undefined) throw new Error(`Cannot find repository ${fullName}: create it first`);
    return found;
  }

  /** GitHub does not look at the case of names. */
  findRepository(fullName: string): Repository | undefined {
    return this.#repositories.get(fullName.toLowerCase());
  }

  /** Requests for its old name are then sent on. */
  rename(repository: Repository, name: string, owner = repository.owner): void {
    this.#repositories.delete(repository.fullName.toLowerCase());
    this.#moved.set(repository.fullName.toLowerCase(), repository);
    repository.name = name;
    repository.owner = owner;
    this.#repositories.set(repository.fullName.toLowerCase(), repository);
  }

  /** What had this name before. */
  movedRepository(fullName: string): Repository | undefined {
    return this.#moved.get(fullName.toLowerCase());
  }

  get repositories(): readonly Repository[] {
    return [...this.#repositories.values()];
  }

  install(owner: string, options: InstallationOptions = {}): Installation {
    if (this.installationOf(owner) !== undefined) throw new Error(`Cannot install on ${owner}: it is installed`);
    const account = this.accounts.find(owner) ?? this.accounts.of(owner, { type: "Organization" });
    const installation = new Installation(this, account, options);
    this.installations.push(installation);
    installation.tell("created");
    return installation;
  }

  installationOf(owner: string): Installation | undefined {
    return this.installations.find(
      ({ account, deleted }) => !deleted && account.login.toLowerCase() === owner.toLowerCase(),
    );
  }
}
