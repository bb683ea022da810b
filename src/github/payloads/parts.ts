/** What most of GitHub's bodies have in them: repositories, accounts, commits. */
import type { Ignored } from "../../domain/event.ts";
import { isOrganization, type Organization } from "../../domain/ids.ts";
import { type Account, type RepositoryRef, repositoryRef } from "../../domain/pull.ts";
import { toBody, toName } from "../../values.ts";

/** How many UTF-16 units are kept, and how many items of lists. */
export const limits = { title: 255, name: 255, label: 100, labels: 100, externalId: 400, comment: 65_536 } as const;

export function ignored(reason: string): Ignored {
  return { kind: "ignored", reason };
}

/** @returns null when it is none that could have a name on GitHub. */
export function toRepositoryRef(repository: unknown): RepositoryRef | null {
  const fullName = toBody(repository)?.full_name;
  return typeof fullName === "string" ? repositoryRef(fullName) : null;
}

/** The owner of repositories that an account is. */
export function toOwner(login: unknown): Organization | null {
  const owner = typeof login === "string" ? login.toLowerCase() : null;
  return isOrganization(owner) ? owner : null;
}

const login = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}(?:\[bot\])?$/;

/** @returns null also for the account of somebody who is gone. */
export function toAccount(value: unknown): Account | null {
  const account = toBody(value);
  if (account === null || typeof account.login !== "string" || !login.test(account.login)) return null;
  return { login: account.login, type: typeof account.type === "string" ? toName(account.type, 64) : "User" };
}

/** Whether a program has this account: what it writes is never meant as a command. */
export function isBot({ login, type }: Account): boolean {
  return type === "Bot" || login.endsWith("[bot]");
}

const sha = /^[0-9a-f]{40}$/;

export function isCommit(value: unknown): value is string {
  return typeof value === "string" && sha.test(value);
}

export function toCommit(value: unknown): string | null {
  return isCommit(value) ? value : null;
}
