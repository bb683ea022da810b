/** What Slack's words for "no" mean to whoever wanted to say something. */

/** The token is worth nothing until somebody installs the app again, or sets another one. */
export const tokenRefused: ReadonlySet<string> = new Set([
  "account_inactive",
  "invalid_auth",
  "not_authed",
  "token_expired",
  "token_revoked",
]);

/** Something is wrong with how the message is made; said more plainly it may pass. */
export const layoutRefused: ReadonlySet<string> = new Set([
  "invalid_blocks",
  "invalid_blocks_format",
  "metadata_too_large",
  "msg_blocks_too_long",
  "msg_too_long",
]);

export const notEditable: ReadonlySet<string> = new Set(["cant_update_message", "edit_window_closed"]);

const channelCodes: ReadonlySet<string> = new Set([
  "channel_deleted",
  "channel_not_found",
  "ekm_access_denied",
  "is_archived",
  "is_inactive",
  "not_in_channel",
  "team_access_not_granted",
]);

/** Whatever is said, it cannot be said there. Who may post where has a code for each rule that an administrator can set. */
export function channelRefused(code: string): boolean {
  return channelCodes.has(code) || code.startsWith("restricted_action");
}
