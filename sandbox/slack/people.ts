/** `auth.test`, `users.*` and `usergroups.list`. */
import { SlackRefusal } from "./arguments.ts";
import type { Call, Fields, Method } from "./call.ts";
import { installation, type SlackUser } from "./workspace.ts";

export const peopleMethods: Readonly<Record<string, Method>> = {
  "auth.test": { scope: null, run: testAuth },
  "users.info": { scope: "users:read", run: userInfo },
  "users.lookupByEmail": { scope: "users:read.email", run: lookupByEmail },
  "usergroups.list": { scope: "usergroups:read", run: listUserGroups },
};

function testAuth(): Fields {
  const { team, teamId, botName, botUserId, botId } = installation;
  const workspace = { url: `https://${team}.slack.com/`, team, team_id: teamId, is_enterprise_install: false };
  return { ...workspace, user: botName, user_id: botUserId, bot_id: botId };
}

function userInfo(call: Call): Fields {
  const user = call.workspace.users.get(call.args.required("user", "user_not_found"));
  if (user === undefined) throw new SlackRefusal("user_not_found");
  return { user: formatUser(user, call.has("users:read.email")) };
}

/** Finds no one who was deactivated. */
function lookupByEmail(call: Call): Fields {
  const email = call.args.required("email", "users_not_found").toLowerCase();
  const user = [...call.workspace.users.values()].find((each) => !each.deleted && each.email?.toLowerCase() === email);
  if (user === undefined) throw new SlackRefusal("users_not_found");
  return { user: formatUser(user, true) };
}

function listUserGroups({ args, workspace }: Call): Fields {
  const groups = workspace.userGroups.filter((group) => args.flag("include_disabled") || !group.disabled);
  return {
    usergroups: groups.map(({ id, handle, name, users, disabled }) => ({
      id,
      team_id: installation.teamId,
      is_usergroup: true,
      handle,
      name,
      date_delete: disabled ? 1 : 0,
      ...(args.flag("include_users") ? { users } : {}),
      ...(args.flag("include_count") ? { user_count: users.length } : {}),
    })),
  };
}

function formatUser(user: SlackUser, withEmail: boolean): Fields {
  const { id, name, realName, email, deleted, bot, restricted, timeZone } = user;
  const profile = { real_name: realName, display_name: name, ...(withEmail && email !== null ? { email } : {}) };
  const rights = { is_bot: bot, is_restricted: restricted, is_ultra_restricted: false, is_app_user: false };
  return { id, team_id: installation.teamId, name, deleted, real_name: realName, tz: timeZone, profile, ...rights };
}
