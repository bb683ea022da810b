/** What people did, for those who ask later. Kept in order, and never rewritten. */
import { z } from "zod";
import { AlertId } from "./ids.ts";

const auditedActions = [
  "acknowledge",
  "unacknowledge",
  "takeOver",
  "confirm",
  "handBack",
  "mute",
  "unmute",
  "rerun",
  "rebuild",
  "declineMention",
  "link",
  "unlink",
  "subscribe",
  "unsubscribe",
] as const;

export const AuditEntry = z.object({
  at: z.number(),
  action: z.enum(auditedActions),
  /** In Slack; `github:<login>` for somebody of GitHub whom Slack does not know; `system` for what time alone did. */
  user: z.string(),
  name: z.string(),
  /** Where they did it: the alert's button, a dialog, a command, the Home tab; on GitHub a comment or a check run. */
  from: z.enum(["button", "dialog", "command", "shortcut", "home", "clock", "comment", "check"]),
  alert: AlertId.nullable(),
  /** What else is worth knowing, in a few words. */
  detail: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof AuditEntry>;
