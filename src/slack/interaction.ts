/** Who did what and where, out of what Slack sends for a click, a dialog, a command, a shortcut. Tolerant: only fields that are used. */
import { z } from "zod";
import type { AuditEntry } from "../domain/audit.ts";
import { SlackUser } from "../domain/ids.ts";

export interface Interaction {
  readonly user: SlackUser;
  /** As the request says it: a fallback, when Slack cannot be asked for the name that people see. */
  readonly userName: string;
  /** The person's own workspace, which in a shared channel may be another one. */
  readonly userTeam: string | null;
  /** The workspace it happened in. */
  readonly team: string | null;
  readonly channel: string | null;
  /** The message that was clicked, and its thread. */
  readonly message: { readonly ts: string; readonly threadTs: string | null } | null;
  readonly triggerId: string | null;
  readonly responseUrl: string | null;
  readonly from: AuditEntry["from"];
}

const id = z.string().min(1);
const Id = z.object({ id }).nullish().catch(null);
const Body = z.object({
  type: z.string().optional().catch(undefined),
  user: z
    .union([
      SlackUser.transform((user) => ({ id: user, name: undefined, username: undefined, team_id: undefined })),
      z.object({
        id: SlackUser,
        name: z.string().optional().catch(undefined),
        username: z.string().optional().catch(undefined),
        team_id: z.string().optional().catch(undefined),
      }),
    ])
    .optional()
    .catch(undefined),
  team: Id,
  channel: z
    .union([Id, id.transform((value) => ({ id: value }))])
    .optional()
    .catch(undefined),
  container: z
    .object({
      channel_id: id.optional(),
      message_ts: id.optional(),
      thread_ts: id.optional(),
      type: z.string().optional(),
    })
    .optional()
    .catch(undefined),
  message: z.object({ ts: id, thread_ts: id.optional() }).optional().catch(undefined),
  trigger_id: id.optional().catch(undefined),
  response_url: id.optional().catch(undefined),
  // Commands say the same in other words.
  command: z.string().optional().catch(undefined),
  user_id: SlackUser.optional().catch(undefined),
  user_name: z.string().optional().catch(undefined),
  team_id: id.optional().catch(undefined),
  channel_id: id.optional().catch(undefined),
});

/** @returns null when nobody did it: an event about the app itself. */
export function readInteraction(body: unknown): Interaction | null {
  const { data } = Body.safeParse(body);
  const user = data?.user?.id ?? data?.user_id;
  if (data === undefined || user === undefined) return null;
  const { container } = data;
  const ts = data.message?.ts ?? container?.message_ts;
  const home = container?.type === "view";
  return {
    user,
    userName: data.user?.name ?? data.user?.username ?? data.user_name ?? user,
    userTeam: data.user?.team_id ?? data.team_id ?? null,
    team: data.team?.id ?? data.team_id ?? null,
    channel: data.channel?.id ?? container?.channel_id ?? data.channel_id ?? null,
    message: ts === undefined ? null : { ts, threadTs: data.message?.thread_ts ?? container?.thread_ts ?? null },
    triggerId: data.trigger_id ?? null,
    responseUrl: data.response_url ?? null,
    from: fromOf(data.type, data.command !== undefined, home),
  };
}

function fromOf(type: string | undefined, command: boolean, home: boolean): Interaction["from"] {
  if (command) return "command";
  if (home) return "home";
  if (type === "view_submission") return "dialog";
  return type === "message_action" ? "shortcut" : "button";
}
