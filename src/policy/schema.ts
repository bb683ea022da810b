/** What `signalbox.yml` and a repository's `.github/signalbox.yml` may say: one family of settings, two files. */
import { z } from "zod";
import { Channel, Pipeline, SlackGroup, SlackUser } from "../domain/ids.ts";
import { nearest } from "../domain/nearest.ts";

const mostEntries = 200;
const longestText = 200;

/**
 * A mapping without other keys. The message of unknown ones is a line for each, in their order: the caller knows their places.
 * @param elsewhere Keys that belong into another file.
 */
function mapping<T extends z.core.$ZodLooseShape>(shape: T, elsewhere: readonly string[] = []) {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return `write settings here, by name: ${known.join(", ")}`;
      return issue.keys.map((key: string) => unknownKey(key, known, elsewhere)).join("\n");
    },
  });
}

function unknownKey(key: string, known: readonly string[], elsewhere: readonly string[]): string {
  const name = JSON.stringify(key.slice(0, 40));
  if (elsewhere.includes(key)) return `${name} is for the operator's signalbox.yml only; remove it here`;
  const [meant] = nearest(key, known);
  return meant === undefined
    ? `unknown key ${name}; known here: ${known.join(", ")}`
    : `unknown key ${name}; write ${meant}`;
}

const text = (what: string) =>
  z
    .string({ error: ({ input }) => `write ${what}${typeof input === "number" ? `, in quotes: "${input}"` : ""}` })
    .min(1, `write ${what}`)
    .max(longestText, `write at most ${longestText} characters`);
const list = <T extends z.ZodType>(entry: T, what: string) =>
  z.array(entry, { error: `write a list of ${what}` }).max(mostEntries, `write at most ${mostEntries} ${what}`);

const pattern = (of: string) => text(`a pattern for ${of}, with * for any text`);
const matching = { pipeline: pattern("pipelines").optional(), branch: pattern("branches").optional() };
const Match = mapping(matching);

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const aTime = "write a time like 30m, 2h or 1d";
const Span = z.string({ error: aTime }).transform((span, context) => {
  const [, digits, unit] = /^(\d{1,4})([mhd])$/.exec(span) ?? [];
  if (digits !== undefined && unit !== undefined) return Number(digits) * unitMs[unit as keyof typeof unitMs];
  context.addIssue({ code: "custom", message: aTime });
  return z.NEVER;
});

const dayMs = 24 * 60 * 60_000;
const aDate = "write a date like 2027-03-31, or with a time in UTC: 2027-03-31T12:00Z";
/** A day counts until it is over everywhere in UTC. */
const Until = z.string({ error: aDate }).transform((date, context) => {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(date);
  const at = isDay || /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z$/.test(date) ? Date.parse(date) : Number.NaN;
  // JavaScript takes the 31st of February for the 3rd of March.
  if (!Number.isNaN(at) && new Date(at).toISOString().startsWith(date.slice(0, 10))) return isDay ? at + dayMs : at;
  context.addIssue({ code: "custom", message: aDate });
  return z.NEVER;
});

const group = z.string({ error: "write the id of a Slack user group (S…)" }).pipe(SlackGroup);
const channel = z.string({ error: "write the id of a Slack channel (C…), or its #name" }).pipe(Channel);
const user = z.string({ error: "write the member id of a Slack user (U…)" }).pipe(SlackUser);

const Allowed = z.union([z.enum(["channel", "linked"]), z.array(group).min(1)], {
  error: "write channel, linked, or a list of user group ids (S…)",
});
const Actions = mapping({ acknowledge: Allowed.optional(), mute: Allowed.optional(), rerun: Allowed.optional() });
const Reminders = z.union(
  [
    z.literal("off"),
    mapping({
      unacknowledged: z
        .array(Span, { error: "write a list of times like [30m, 2h]" })
        .max(3, "write at most 3 times")
        .optional(),
      still_on_it_after: z.union([z.literal("off"), Span], { error: `${aTime}, or off` }).optional(),
      hand_back_after: Span.optional(),
    }),
  ],
  { error: "write off, or unacknowledged, still_on_it_after and hand_back_after with times like 30m, 2h or 1d" },
);
const handling = { owners: group.optional(), actions: Actions.optional(), reminders: Reminders.optional() };

const minutes = "write a number of minutes from 0 to 10080";
const TeamMember = z
  .string({ error: "write the id of a Slack user group (S…) or user (U…)" })
  .pipe(z.union([SlackGroup, SlackUser], { error: "write the id of a Slack user group (S…) or user (U…)" }));
const owner = z
  .string()
  .regex(
    /^(?:@[\w.-]+(?:\/[\w.-]+)?|[^\s@]+@[^\s@]+)$/,
    'write an owner as CODEOWNERS names it, in quotes: "@org/team", "@login" or an e-mail address',
  );

const shared = {
  ...handling,
  routes: list(mapping({ match: Match.default({}), channel, ...handling }), "routes").default([]),
  track: list(Match, "branches to watch").default([]),
  alerts: mapping({
    reopen_within_minutes: z
      .number({ error: minutes })
      .min(0, minutes)
      .max(7 * 24 * 60, minutes)
      .optional(),
  }).default({}),
  mutes: list(
    mapping({ job: pattern("jobs"), ...matching, until: Until, reason: text("why it is muted") }),
    "mutes",
  ).default([]),
  never_alert: list(pattern("jobs"), "patterns for jobs").default([]),
  teams: z
    .record(owner, TeamMember, { error: 'write owners and who they are in Slack: { "@org/team": S0TEAM }' })
    .default({}),
};

const operatorOnly = {
  people: z
    .record(z.string(), user, { error: "write people and who they are in Slack: { octocat: U0OCTOCAT }" })
    .default({}),
  github: mapping({
    log_excerpts: z
      .enum(["always", "private", "never"], { error: "write always, private (repositories), or never" })
      .optional(),
  }).default({}),
  follow_up: mapping({
    pipeline: text("the slug of a pipeline").pipe(Pipeline),
    branch: text("a branch").default("main"),
    commit: text("a commit").default("HEAD"),
  }).optional(),
};

export const OperatorFile = mapping({ ...shared, ...operatorOnly });
export type OperatorFile = z.infer<typeof OperatorFile>;

export const RepositoryFile = mapping(shared, Object.keys(operatorOnly));
export type RepositoryFile = z.infer<typeof RepositoryFile>;

/** Every key that a file may have, for the test that holds the examples to them. */
export const settingsOf = {
  operator: Object.keys(OperatorFile.shape),
  repository: Object.keys(RepositoryFile.shape),
} as const;
