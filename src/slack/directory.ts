/** The calls by which Slack tells who is who: the bot itself, people, and the members of user groups. */
import { z } from "zod";
import { type SlackGroup, SlackUser } from "../domain/ids.ts";
import type { SlackPerson } from "../domain/person.ts";
import { type Call, nullWhen } from "./call.ts";

/** Whose token it is, and what it may do. */
export interface WhoAmI {
  readonly team: string;
  readonly enterprise: string | null;
  readonly botId: string | null;
  readonly botUserId: string;
  /** Empty when Slack did not tell. */
  readonly scopes: ReadonlySet<string>;
}

export interface DirectoryCalls {
  whoAmI(): Promise<WhoAmI>;
  /** @returns null when no member has this address. */
  userByEmail(email: string): Promise<SlackPerson | null>;
  /** @returns null when there is no such user, or none that we may see. */
  userInfo(user: SlackUser): Promise<SlackPerson | null>;
  /** @returns null when there is no such group, or it was disabled. */
  groupMembers(group: SlackGroup): Promise<readonly SlackUser[] | null>;
}

const Identity = z.object({
  team_id: z.string(),
  enterprise_id: z.string().nullish(),
  bot_id: z.string().nullish(),
  user_id: z.string(),
  response_metadata: z.object({ scopes: z.array(z.string()).default([]) }).default({ scopes: [] }),
});

/** The shape differs from place to place, and more so for people of other workspaces: all but the id may be missing. */
const User = z.object({
  id: SlackUser,
  team_id: z.string().nullish(),
  name: z.string().nullish(),
  real_name: z.string().nullish(),
  profile: z.object({ display_name: z.string().nullish(), real_name: z.string().nullish() }).nullish(),
  deleted: z.boolean().nullish(),
  tz: z.string().nullish(),
  is_bot: z.boolean().nullish(),
  is_workflow_bot: z.boolean().nullish(),
  is_restricted: z.boolean().nullish(),
  is_ultra_restricted: z.boolean().nullish(),
  is_stranger: z.boolean().nullish(),
  enterprise_user: z.object({ teams: z.array(z.string()).nullish() }).nullish(),
});
const Found = z.object({ user: User });
const Members = z.object({ users: z.array(SlackUser) });

/** Slack does not call its own bot one. */
const slackbot = "USLACKBOT";

export function directoryCalls(call: Call): DirectoryCalls {
  async function person(codes: readonly string[], answer: Promise<unknown>): Promise<SlackPerson | null> {
    const found = await nullWhen(codes, answer);
    return found === null ? null : toPerson(Found.parse(found).user);
  }

  return {
    async whoAmI() {
      const { team_id, enterprise_id, bot_id, user_id, response_metadata } = Identity.parse(
        await call("auth.test", {}),
      );
      return {
        team: team_id,
        enterprise: enterprise_id ?? null,
        botId: bot_id ?? null,
        botUserId: user_id,
        scopes: new Set(response_metadata.scopes),
      };
    },
    userByEmail: (email) => person(["users_not_found"], call("users.lookupByEmail", { email })),
    userInfo: (user) => person(["user_not_found", "user_not_visible"], call("users.info", { user })),
    async groupMembers(usergroup) {
      const answer = await nullWhen(["no_such_subteam"], call("usergroups.users.list", { usergroup }));
      return answer === null ? null : Members.parse(answer).users;
    },
  };
}

function toPerson(user: z.infer<typeof User>): SlackPerson {
  const { id, profile, team_id } = user;
  return {
    id,
    name: profile?.display_name || profile?.real_name || user.real_name || user.name || id,
    timeZone: user.tz ?? null,
    isBot: user.is_bot === true || user.is_workflow_bot === true || id === slackbot,
    isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
    deleted: user.deleted === true,
    stranger: user.is_stranger === true,
    teams: [...new Set([...(team_id ? [team_id] : []), ...(user.enterprise_user?.teams ?? [])])],
  };
}
