/** Who I am on GitHub, and where I want to be told. */
import type { GithubLogin } from "../../domain/person.ts";
import { auditEntry } from "../../handlers/slack/acting.ts";
import type { Desk } from "../desk.ts";
import type { Interaction } from "../interaction.ts";
import { linkDone, notifyDone, unlinkDone } from "../messages/done.ts";
import { type Answer, actOf } from "../perform.ts";
import type { Typed } from "./index.ts";

export async function link({ command, interaction }: Typed<"link">, desk: Desk): Answer {
  return linkLogin(command.login, interaction, desk);
}

/** One login has one user: a second one takes it over, and both see it in the audit. */
export async function linkLogin(login: GithubLogin, interaction: Interaction, desk: Desk): Answer {
  const { user, team } = interaction;
  const now = desk.clock.now();
  const replaced = await desk.directory.link(team, { login, user, at: now, by: user });
  const taken = replaced.user === null ? login : `${login}, which was ${replaced.user}'s`;
  await desk.audit.add(auditEntry("link", await actOf({ interaction }, desk), now, null, taken));
  return linkDone(login);
}

export async function unlink({ interaction }: Typed<"unlink">, desk: Desk): Answer {
  const { user, team } = interaction;
  const login = await desk.directory.unlink(team, user);
  if (login !== null) {
    await desk.audit.add(auditEntry("unlink", await actOf({ interaction }, desk), desk.clock.now(), null, login));
  }
  return unlinkDone(login);
}

export async function notify({ command, interaction }: Typed<"notify">, desk: Desk): Answer {
  await desk.directory.setNotify(interaction.team, interaction.user, command.where);
  return notifyDone(command.where);
}
