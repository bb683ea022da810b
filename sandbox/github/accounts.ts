/** Who GitHub knows: people, organizations, and the users that stand for apps. */
import type { Ids } from "./ids.ts";

type AccountType = "User" | "Organization" | "Bot";

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: AccountType;
  readonly name: string | null;
  /** GitHub knows by it whose commit it is; it shows it to nobody. */
  readonly email: string;
}

export interface AccountOptions {
  /** Default: `Bot` for a login that ends with `[bot]`, else `User`. */
  readonly type?: AccountType;
  readonly name?: string | null;
  readonly email?: string;
}

export class Accounts {
  readonly #ids: Ids;
  readonly #byLogin = new Map<string, Account>();

  constructor(ids: Ids) {
    this.#ids = ids;
  }

  /** The account of this login; it comes into being when somebody names it first. */
  of(login: string, options: AccountOptions = {}): Account {
    const known = this.find(login);
    if (known !== undefined && Object.keys(options).length === 0) return known;
    const account: Account = {
      id: known?.id ?? this.#ids.next("account"),
      login,
      type: options.type ?? known?.type ?? (login.endsWith("[bot]") ? "Bot" : "User"),
      name: options.name ?? known?.name ?? null,
      email: options.email ?? known?.email ?? `${login.replace("[bot]", "")}@example.com`,
    };
    this.#byLogin.set(login.toLowerCase(), account);
    return account;
  }

  find(login: string): Account | undefined {
    return this.#byLogin.get(login.toLowerCase());
  }

  withEmail(email: string): Account | undefined {
    return [...this.#byLogin.values()].find((account) => account.email.toLowerCase() === email.toLowerCase());
  }
}
