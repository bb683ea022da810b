/** What does not work for want of a permission that an administrator did not grant. */
import type { Logger } from "pino";
import { optionalScopes, requiredScopes } from "./manifest.ts";

const uses: Readonly<Record<string, string>> = {
  "app_mentions:read": "answering to @signalbox",
  "channels:history": "looking for a message whose delivery is in doubt: it may be there twice",
  "channels:read": "finding a channel by its name: set it by its id",
  "chat:write": "all messages",
  "chat:write.public": "posting in public channels without an invitation",
  commands: "/signalbox, and the shortcuts of messages",
  "groups:history": "looking for a message in a private channel whose delivery is in doubt: it may be there twice",
  "groups:read": "finding a private channel by its name: set it by its id",
  "im:write": "direct messages",
  "usergroups:read": "rules that name user groups",
  "users:read": "names, time zones, and who is a guest",
  "users:read.email": "finding authors by their e-mail address",
};

/** @param granted Empty when Slack did not tell. */
export function reportScopes(granted: ReadonlySet<string>, log: Logger): void {
  if (granted.size === 0) return;
  const off = (scopes: readonly string[]) =>
    scopes.filter((scope) => !granted.has(scope)).map((scope) => `${scope} (${uses[scope] ?? "unknown"})`);
  const missing = off(requiredScopes);
  const declined = off(optionalScopes);
  const says = "Some things are off, for Slack has not granted the scopes";
  if (missing.length > 0) log.warn({ missing, declined }, `${says}: install the app again from slack.yml`);
  else if (declined.length > 0) log.info({ declined }, says);
}
