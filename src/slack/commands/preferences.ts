/** Who I am on GitHub, and where I want to be told. */
import type { GithubLogin } from "../../domain/person.ts";
import { auditEntry } from "../../handlers/slack/acting.ts";
import type { Desk } from "../desk.ts";
import type { Interaction } from "../interaction.ts";
import { linkDone, notifyDone, unlinkDone } from "../messages/done.ts";
import { loginTaken } from "../messages/replies.ts";
import { type Answer, actOf, keepAct, mayNotAtAll } from "../perform.ts";
import type { Typed } from "./index.ts";

export async function link({ command, interaction }: Typed<"link">, desk: Desk): Answer {
  return linkLogin(command.login, interaction, desk);
}

/** One login has one user, and nobody takes it from them: they unlink it, or an operator writes it down. */
export async function linkLogin(login: GithubLogin, interaction: Interaction, desk: Desk): Answer {
  const { user, team } = interaction;
  const request = { interaction, carried: null, quiet: false };
  const refused = await mayNotAtAll(request, desk);
  if (refused !== null) return refused;
  const owner = await desk.directory.userOf(team, login);
  if (owner !== null && owner !== user) return loginTaken(owner);
  const now = desk.clock.now();
  await desk.directory.link(team, { login, user, at: now, by: user });
  await keepAct(desk, auditEntry("link", await actOf({ interaction }, desk), now, null, login));
  return linkDone(login);
}

export async function unlink({ interaction }: Typed<"unlink">, desk: Desk): Answer {
  const { user, team } = interaction;
  const login = await desk.directory.unlink(team, user);
  if (login !== null) {
    await keepAct(desk, auditEntry("unlink", await actOf({ interaction }, desk), desk.clock.now(), null, login));
  }
  return unlinkDone(login);
}

export async function notify({ command, interaction }: Typed<"notify">, desk: Desk): Answer {
  await desk.directory.setNotify(interaction.team, interaction.user, command.where);
  return notifyDone(command.where);
}
