/** The app on one account: what it may see there, and whether it may act now. */
import type { Instant } from "../../src/clock.ts";
import type { Account } from "./accounts.ts";
import { installationEvent, installationRepositoriesEvent } from "./events-installation.ts";
import type { Repository } from "./repository.ts";
import type { Permissions, World } from "./world.ts";

export interface InstallationOptions {
  /** Full names; default: all repositories of the account, also later ones. */
  readonly repositories?: readonly string[];
  /** Default: what the app asks for. */
  readonly permissions?: Permissions;
  /** Login; default: the account, or `org-admin` for an organization. */
  readonly by?: string;
}

export class Installation {
  readonly world: World;
  readonly id: number;
  readonly account: Account;
  readonly createdAt: Instant;
  permissions: Permissions;
  updatedAt: Instant;
  suspendedAt: Instant | null = null;
  deleted = false;
  readonly admin: Account;
  /** Null: all. */
  #selected: Set<Repository> | null;

  constructor(world: World, account: Account, options: InstallationOptions) {
    this.world = world;
    this.id = world.ids.next("installation");
    this.account = account;
    this.createdAt = world.clock.now();
    this.updatedAt = this.createdAt;
    this.permissions = options.permissions ?? world.app.permissions;
    const by = options.by ?? (account.type === "Organization" ? "org-admin" : account.login);
    this.admin = world.accounts.of(by);
    const { repositories } = options;
    this.#selected = repositories === undefined ? null : new Set(repositories.map((name) => world.repository(name)));
  }

  get selection(): "all" | "selected" {
    return this.#selected === null ? "all" : "selected";
  }

  get suspended(): boolean {
    return this.suspendedAt !== null;
  }

  get repositories(): readonly Repository[] {
    return this.world.repositories.filter((repository) => this.has(repository));
  }

  has(repository: Repository): boolean {
    if (repository.owner.id !== this.account.id) return false;
    return this.#selected === null || this.#selected.has(repository);
  }

  suspend(): void {
    this.suspendedAt = this.world.clock.now();
    this.updatedAt = this.suspendedAt;
    this.tell("suspend");
  }

  unsuspend(): void {
    this.suspendedAt = null;
    this.updatedAt = this.world.clock.now();
    this.tell("unsuspend");
  }

  /** Tokens end at once. */
  uninstall(): void {
    const told = this.repositories;
    this.deleted = true;
    this.tell("deleted", told);
  }

  add(...names: readonly string[]): void {
    const added = names.map((name) => this.world.repository(name));
    this.#selected ??= new Set(this.repositories);
    for (const repository of added) this.#selected.add(repository);
    this.#changed({ added, removed: [] });
  }

  remove(...names: readonly string[]): void {
    const removed = names.map((name) => this.world.repository(name));
    this.#selected ??= new Set(this.repositories);
    for (const repository of removed) this.#selected.delete(repository);
    this.#changed({ added: [], removed });
  }

  tell(action: "created" | "deleted" | "suspend" | "unsuspend", repositories = this.repositories): void {
    const payload = installationEvent(this, action, repositories);
    this.world.emit({ event: "installation", action, installation: this, repository: null, payload });
  }

  #changed(change: { readonly added: readonly Repository[]; readonly removed: readonly Repository[] }): void {
    this.updatedAt = this.world.clock.now();
    const action = change.added.length > 0 ? "added" : "removed";
    const payload = installationRepositoriesEvent(this, action, change);
    this.world.emit({ event: "installation_repositories", action, installation: this, repository: null, payload });
  }
}
