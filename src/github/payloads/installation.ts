/** Where the app is installed, and what the owners and repositories there are called. What is true now, GitHub is asked. */
import type { EventOf, Ignored } from "../../domain/event.ts";
import { type Malformed, mustBe } from "../../malformed.ts";
import { type Body, toBody } from "../../values.ts";
import { ignored, toOwner } from "./parts.ts";

type Read = EventOf<"installation.changed"> | Ignored | Malformed;

/** Installed, uninstalled, suspended, other permissions; or other repositories. */
export function readInstallation(body: Body): Read {
  const account = toBody(toBody(body.installation)?.account);
  if (account === null) return mustBe("installation.account", "an object");
  // An enterprise has no repositories, and no login.
  if (account.login === undefined || account.login === null) return ignored("an installation without repositories");
  return changed(account.login, "installation.account.login");
}

export function readRepositoryChange(body: Body): Read {
  if (body.action !== "renamed" && body.action !== "transferred") return ignored("nothing that changes a name");
  const from = toBody(toBody(toBody(body.changes)?.owner)?.from);
  const former = toBody(from?.user) ?? toBody(from?.organization);
  return changed(toBody(toBody(body.repository)?.owner)?.login, "repository.owner.login", former?.login);
}

/** Of an organization, or of any account that the app is installed on. */
export function readRename(field: "organization" | "account"): (body: Body) => Read {
  return (body) => {
    if (body.action !== "renamed") return ignored("nothing that changes a name");
    const former = toBody(toBody(body.changes)?.login)?.from;
    return changed(toBody(body[field])?.login, `${field}.login`, former);
  };
}

function changed(login: unknown, field: string, former?: unknown): Read {
  const organization = toOwner(login);
  if (organization === null) return mustBe(field, "an account");
  const before = toOwner(former);
  return { kind: "installation.changed", organization, former: before === organization ? null : before };
}
