/** People, named or addressed. A name pings nobody: whoever acted is named, and only who should act is addressed. */
import type { Actor } from "../../domain/handling.ts";
import type { SlackGroup, SlackUser } from "../../domain/ids.ts";
import { type Mrkdwn, md } from "./mrkdwn.ts";
import { personName } from "./parts.ts";

export function actorName({ name }: Pick<Actor, "name">): Mrkdwn {
  return personName(name) ?? md`somebody`;
}

export function mentionOf(user: SlackUser): Mrkdwn {
  return { mrkdwn: `<@${user}>` };
}

export function groupMention(group: SlackGroup): Mrkdwn {
  return { mrkdwn: `<!subteam^${group}>` };
}

export function authorOf(user: SlackUser | null, name: string | null): Mrkdwn | null {
  return user === null ? personName(name) : mentionOf(user);
}
