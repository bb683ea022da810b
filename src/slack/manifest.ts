/**
 * What the Slack app must be allowed to do, and is told of: `slack.yml` says the same, held to it by a test. Handlers are
 * tables over these names, so that one cannot be forgotten.
 */

export const slashCommands = ["/signalbox", "/sb"] as const;

export const messageShortcuts = ["shortcut.acknowledge", "shortcut.mute"] as const;
export type MessageShortcut = (typeof messageShortcuts)[number];

/** The events, with the scopes that Slack demands for each. */
export const eventScopes = {
  app_home_opened: [],
  app_mention: ["app_mentions:read"],
  app_uninstalled: [],
  tokens_revoked: [],
} as const satisfies Readonly<Record<string, readonly string[]>>;
export type BotEvent = keyof typeof eventScopes;

interface MethodScopes {
  /** Without these a part of Signalbox does not work at all. */
  readonly required: readonly string[];
  /** An administrator may refuse these: what is lost is said beside them. */
  readonly optional: readonly string[];
}

const free: MethodScopes = { required: [], optional: [] };
const writing: MethodScopes = { required: ["chat:write"], optional: [] };
/** Refused: after an unclear answer the message is posted once more, and may be there twice. */
const history: MethodScopes = { required: [], optional: ["channels:history", "groups:history"] };

/** Every method of the Web API that is called, with the scopes that it needs. */
export const methodScopes = {
  "auth.test": free,
  "oauth.v2.access": free,
  // Refused: the bot must be invited to public channels too before it can post there.
  "chat.postMessage": { required: ["chat:write"], optional: ["chat:write.public"] },
  "chat.postEphemeral": writing,
  "chat.update": writing,
  "chat.delete": writing,
  "chat.getPermalink": free,
  "conversations.history": history,
  "conversations.replies": history,
  // Refused: a channel set as #name is not found by its name; set it by its id.
  "conversations.list": { required: [], optional: ["channels:read", "groups:read"] },
  "conversations.open": { required: ["im:write"], optional: [] },
  "users.info": { required: ["users:read"], optional: [] },
  // Slack grants the second scope only together with the first.
  "users.lookupByEmail": { required: ["users:read", "users:read.email"], optional: [] },
  "usergroups.users.list": { required: ["usergroups:read"], optional: [] },
  "views.open": free,
  "views.update": free,
  "views.publish": free,
} as const satisfies Readonly<Record<string, MethodScopes>>;
export type SlackMethod = keyof typeof methodScopes;

const methods: readonly MethodScopes[] = Object.values(methodScopes);

/** For commands and shortcuts, for events, and for the methods. */
export const requiredScopes: readonly string[] = sorted([
  "commands",
  ...Object.values(eventScopes).flat(),
  ...methods.flatMap(({ required }) => required),
]);

export const optionalScopes: readonly string[] = sorted(methods.flatMap(({ optional }) => optional));

function sorted(scopes: readonly string[]): readonly string[] {
  return [...new Set(scopes)].toSorted();
}
