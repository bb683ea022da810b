/** What Slack tells the app: interactions, commands and events, with every field that Slack sends. */
import type { Fields } from "./call.ts";
import { type Choice, withIds } from "./controls.ts";
import { formatMessage, isShared } from "./format.ts";
import type { SlackUser, StoredChannel, StoredEphemeral, StoredMessage, Workspace } from "./workspace.ts";

/** The token that Slack sends for the sake of apps from before there were signatures. */
const legacyToken = "legacy-verification-token";

/** Without the challenge. */
export const urlVerification = { token: legacyToken, type: "url_verification" } as const;

/** The fields that all interactions share. */
export function interaction(workspace: Workspace, user: SlackUser, type: string): Fields {
  const { appId, team, teamId } = workspace.installation;
  return {
    type,
    user: { id: user.id, username: user.name, name: user.name, team_id: user.teamId },
    api_app_id: appId,
    token: legacyToken,
    team: { id: teamId, domain: team },
    enterprise: null,
    is_enterprise_install: false,
  };
}

/** As `channel` of an interaction; Slack does not tell the names of private conversations. */
export function channelRef(channel: StoredChannel): { readonly id: string; readonly name: string } {
  const names = { public: channel.name, private: "privategroup", im: "directmessage" } as const;
  return { id: channel.id, name: names[channel.kind] };
}

export function messageFields(workspace: Workspace, channel: StoredChannel, message: StoredMessage): Fields {
  const blocks = message.blocks.length > 0 ? { blocks: withIds(message.blocks) } : {};
  return { ...formatMessage(workspace, channel, message, true), ...blocks };
}

/** Where a click came from. Of an ephemeral message Slack tells no more than that. */
export function messageContainer(
  workspace: Workspace,
  channel: StoredChannel,
  shown: { readonly message: StoredMessage } | { readonly ephemeral: StoredEphemeral },
): Fields {
  const { ts, threadTs } = "message" in shown ? shown.message : shown.ephemeral;
  const thread = threadTs === null ? {} : { thread_ts: threadTs };
  const place = { type: "message", message_ts: ts, channel_id: channel.id, ...thread };
  if ("ephemeral" in shown) return { container: { ...place, is_ephemeral: true }, channel: channelRef(channel) };
  const message = messageFields(workspace, channel, shown.message);
  return { container: { ...place, is_ephemeral: false }, channel: channelRef(channel), message };
}

/** One of `actions`: what was pressed or chosen. `chosen` is what the view's state holds for it. */
export function actionFields(workspace: Workspace, { control, option }: Choice, chosen: Fields): Fields {
  const { type, actionId: action_id, blockId: block_id, element } = control;
  const action_ts = workspace.newTs();
  const confirm = element.confirm === undefined ? {} : { confirm: element.confirm };
  if (type !== "button") {
    const selected = option === null ? chosen : { selected_option: option };
    return { type, action_id, block_id, ...selected, ...confirm, action_ts };
  }
  const { text, value, url, style } = element;
  const said = Object.entries({ value, url, style }).filter(([, each]) => each !== undefined);
  return { type, action_id, block_id, text, ...Object.fromEntries(said), ...confirm, action_ts };
}

export interface CommandLine {
  readonly channel: StoredChannel;
  readonly command: string;
  readonly text: string;
  readonly responseUrl: string;
  readonly triggerId: string;
}

export function commandFields(workspace: Workspace, user: SlackUser, line: CommandLine): Record<string, string> {
  const { appId, team, teamId } = workspace.installation;
  const { id: channel_id, name: channel_name } = channelRef(line.channel);
  return {
    token: legacyToken,
    team_id: teamId,
    team_domain: team,
    channel_id,
    channel_name,
    user_id: user.id,
    user_name: user.name,
    command: line.command,
    text: escapeCommand(workspace, line.text),
    api_app_id: appId,
    is_enterprise_install: "false",
    response_url: line.responseUrl,
    trigger_id: line.triggerId,
  };
}

/** With `should_escape`, names become ids and links get angle brackets; a private channel's name is left out. */
function escapeCommand(workspace: Workspace, text: string): string {
  return text.trim().replace(/https?:\/\/\S+|(?<![\w<])@([\w.-]+)|(?<![\w<])#([\w-]+)/g, (word, person, place) => {
    if (person !== undefined) {
      const user = [...workspace.users.values()].find(({ name }) => name === person);
      return user === undefined ? word : `<@${user.id}|${user.name}>`;
    }
    if (place === undefined) return `<${word}>`;
    const channel = workspace.findChannel(place);
    if (channel === undefined) return word;
    return `<#${channel.id}|${channel.kind === "public" ? channel.name : ""}>`;
  });
}

/** The Events API's envelope. */
export function envelope(
  workspace: Workspace,
  event: Fields & { readonly type: string },
  channel: StoredChannel | null,
  eventId: string,
): Fields {
  const { appId, teamId, botUserId } = workspace.installation;
  const authorization = { enterprise_id: null, team_id: teamId, user_id: botUserId, is_bot: true };
  return {
    token: legacyToken,
    team_id: teamId,
    context_team_id: teamId,
    context_enterprise_id: null,
    api_app_id: appId,
    event,
    type: "event_callback",
    event_id: eventId,
    event_time: Math.floor(workspace.clock.now() / 1000),
    authorizations: [{ ...authorization, is_enterprise_install: false }],
    is_ext_shared_channel: channel !== null && isShared(workspace, channel),
    event_context: `context-${eventId}`,
  };
}
