/** `auth.test`, `users.*` and `usergroups.*`. */
import { SlackRefusal } from "./arguments.ts";
import { type Call, type Fields, isMember, type Method } from "./call.ts";
import type { SlackUser, SlackUserGroup, Workspace } from "./workspace.ts";

export const peopleMethods: Readonly<Record<string, Method>> = {
  "auth.test": { scope: null, run: testAuth },
  "users.info": { scope: "users:read", run: userInfo },
  "users.lookupByEmail": { scope: "users:read.email", run: lookupByEmail },
  "usergroups.list": { scope: "usergroups:read", run: listUserGroups },
  "usergroups.users.list": { scope: "usergroups:read", run: listUsersOfGroup },
};

function testAuth({ workspace }: Call): Fields {
  const { team, teamId, botName, botUserId, botId } = workspace.installation;
  const fields = { url: `https://${team}.slack.com/`, team, team_id: teamId, is_enterprise_install: false };
  return { ...fields, user: botName, user_id: botUserId, bot_id: botId };
}

function userInfo(call: Call): Fields {
  const user = call.workspace.users.get(call.args.required("user", "user_not_found"));
  if (user === undefined) throw new SlackRefusal("user_not_found");
  return { user: formatUser(call.workspace, user, call.has("users:read.email")) };
}

/** Finds no one who was deactivated, and no one of another workspace. */
function lookupByEmail({ args, workspace }: Call): Fields {
  const email = args.required("email", "users_not_found").toLowerCase();
  const user = [...workspace.users.values()].find(
    (each) => !each.deleted && !workspace.isForeign(each) && each.email?.toLowerCase() === email,
  );
  if (user === undefined) throw new SlackRefusal("users_not_found");
  return { user: formatUser(workspace, user, true) };
}

function listUserGroups({ args, workspace }: Call): Fields {
  const groups = groupsFor(args.flag("include_disabled"), workspace);
  return {
    usergroups: groups.map(({ id, handle, name, users, disabled }) => ({
      id,
      team_id: workspace.installation.teamId,
      is_usergroup: true,
      handle,
      name,
      date_delete: disabled ? 1 : 0,
      ...(args.flag("include_users") ? { users } : {}),
      ...(args.flag("include_count") ? { user_count: users.length } : {}),
    })),
  };
}

function listUsersOfGroup({ args, workspace }: Call): Fields {
  const id = args.required("usergroup", "no_such_subteam");
  const group = groupsFor(args.flag("include_disabled"), workspace).find((each) => each.id === id);
  if (group === undefined) throw new SlackRefusal("no_such_subteam");
  return { users: group.users };
}

function groupsFor(includeDisabled: boolean, workspace: Workspace): readonly SlackUserGroup[] {
  return workspace.userGroups.filter((group) => includeDisabled || !group.disabled);
}

function formatUser(workspace: Workspace, user: SlackUser, withEmail: boolean): Fields {
  const { id, name, realName, email, deleted, bot, restricted, ultraRestricted, timeZone, teamId } = user;
  const profile = { real_name: realName, display_name: name, ...(withEmail && email !== null ? { email } : {}) };
  const rights = { is_bot: bot, is_restricted: restricted, is_ultra_restricted: ultraRestricted, is_app_user: false };
  const common = { id, team_id: teamId, name, deleted, real_name: realName, profile, ...rights };
  // Of a person who was deactivated, Slack tells no time zone.
  if (deleted) return common;
  const zone = { tz: timeZone, tz_offset: offsetOf(timeZone, workspace.clock.now()) };
  return workspace.isForeign(user)
    ? { ...common, ...zone, is_stranger: isStranger(workspace, user) }
    : { ...common, ...zone };
}

/** Of another workspace, and in no channel that the bot is in: those who share one are no strangers. */
function isStranger(workspace: Workspace, user: SlackUser): boolean {
  return ![...workspace.channels.values()].some(
    (channel) => channel.members.has(user.id) && isMember(workspace, channel),
  );
}

/** Seconds east of Greenwich. */
function offsetOf(timeZone: string, at: number): number {
  const parts = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" }).formatToParts(at);
  const name = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
  const match = /^GMT([+-])(\d{2}):(\d{2})$/.exec(name);
  if (match === null) return 0;
  const seconds = Number(match[2]) * 3600 + Number(match[3]) * 60;
  return match[1] === "-" ? -seconds : seconds;
}
