/** People, named or addressed. A name pings nobody: whoever acted is named, and only who should act is addressed. */
import { type Actor, isInSlack, nameOfActor } from "../../domain/handling.ts";
import type { Owner, SlackGroup, SlackUser } from "../../domain/ids.ts";
import { joined, type Mrkdwn, md } from "./mrkdwn.ts";
import { personName } from "./parts.ts";

export function actorName(actor: Actor): Mrkdwn {
  return personName(nameOfActor(actor)) ?? md`somebody`;
}

/** Pings them, where Slack knows them. */
export function actorMention(actor: Actor): Mrkdwn {
  return isInSlack(actor) ? mentionOf(actor.user) : actorName(actor);
}

export function mentionOf(user: SlackUser): Mrkdwn {
  return { mrkdwn: `<@${user}>` };
}

export function groupMention(group: SlackGroup): Mrkdwn {
  return { mrkdwn: `<!subteam^${group}>` };
}

/** A user group begins with S, a person never does. */
function ownerMention(owner: Owner): Mrkdwn {
  return { mrkdwn: owner.startsWith("S") ? `<!subteam^${owner}>` : `<@${owner}>` };
}

export function ownersMention(owners: Owner | readonly Owner[]): Mrkdwn {
  const all = typeof owners === "string" ? [owners] : owners;
  return joined(all.map(ownerMention), " ");
}

export function authorOf(user: SlackUser | null, name: string | null): Mrkdwn | null {
  return user === null ? personName(name) : mentionOf(user);
}
