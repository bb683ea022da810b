/** `signalbox.yml`: which branches are watched, where alerts go, who may act on them, who is reminded. */
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { Channel, Pipeline, SlackGroup, SlackUser } from "./domain/ids.ts";
import { type Policy, type RouteSettings, usualSettings } from "./domain/policy.ts";

const Match = z.strictObject({ pipeline: z.string().optional(), branch: z.string().optional() });

const unitMs = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const Span = z.string({ error: "write a time like 30m, 2h or 1d" }).transform((text, context) => {
  const [, digits, unit] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  if (digits !== undefined && unit !== undefined) return Number(digits) * unitMs[unit as keyof typeof unitMs];
  context.addIssue({ code: "custom", message: "not a time; write it like 30m, 2h or 1d" });
  return z.NEVER;
});
const Allowed = z.union([z.enum(["channel", "linked"]), z.array(SlackGroup).min(1)], {
  error: "use channel, linked, or a list of user group ids (S…)",
});
const Actions = z.strictObject({ acknowledge: Allowed, mute: Allowed, rerun: Allowed }).partial();
const Reminders = z.union(
  [
    z.literal("off"),
    z
      .strictObject({
        unacknowledged: z.array(Span).max(3),
        still_on_it_after: z.union([z.literal("off"), Span]),
        hand_back_after: Span,
      })
      .partial(),
  ],
  { error: "use off, or unacknowledged, still_on_it_after and hand_back_after with times like 30m, 2h or 1d" },
);
const handlingSettings = {
  owners: SlackGroup.optional(),
  actions: Actions.optional(),
  reminders: Reminders.optional(),
};
type HandlingFile = z.infer<z.ZodObject<typeof handlingSettings>>;

const PolicyFile = z.strictObject({
  ...handlingSettings,
  routes: z.array(z.strictObject({ match: Match.default({}), channel: Channel, ...handlingSettings })).default([]),
  people: z.record(z.string(), SlackUser).default({}),
  track: z.array(Match).default([]),
  alerts: z
    .strictObject({
      reopen_within_minutes: z
        .number()
        .min(0)
        .max(7 * 24 * 60)
        .default(120),
    })
    .default({ reopen_within_minutes: 120 }),
  follow_up: z
    .strictObject({ pipeline: Pipeline, branch: z.string().default("main"), commit: z.string().default("HEAD") })
    .optional(),
});
export type PolicyFile = z.infer<typeof PolicyFile>;

/** @param defaultChannel For alerts that no route matches. */
export function policyOf(file: PolicyFile, defaultChannel: Channel | null): Policy {
  const defaults = withDefaults(file, usualSettings);
  return {
    routes: file.routes.map(({ match, channel, ...own }) => ({ match, channel, ...withDefaults(own, defaults) })),
    defaults,
    people: new Map(Object.entries(file.people).map(([name, user]) => [name.toLowerCase(), user])),
    defaultChannel,
    track: file.track,
    reopenWithin: file.alerts.reopen_within_minutes * 60_000,
    followUp: file.follow_up ?? null,
  };
}

/** A route may set any part; what it leaves out is as in the rest of the file, and that as it usually is. */
function withDefaults({ owners, actions, reminders }: HandlingFile, usual: RouteSettings): RouteSettings {
  const { acknowledge, mute, rerun } = { ...usual.actions, ...actions };
  return {
    owners: owners ?? usual.owners,
    actions: { acknowledge, mute, rerun } as RouteSettings["actions"],
    reminders: remindersOf(reminders, usual.reminders),
  };
}

function remindersOf(given: HandlingFile["reminders"], usual: RouteSettings["reminders"]): RouteSettings["reminders"] {
  if (given === "off") return null;
  if (given === undefined) return usual;
  const base = usual ?? usualSettings.reminders;
  const {
    unacknowledged = base?.unacknowledged ?? [],
    still_on_it_after: stillOnIt,
    hand_back_after: handBack,
  } = given;
  return {
    unacknowledged: [...unacknowledged].sort((a, b) => a - b),
    stillOnIt: stillOnIt === "off" ? null : (stillOnIt ?? base?.stillOnIt ?? null),
    handBack: handBack ?? base?.handBack ?? unitMs.h,
  };
}

/** @param file The text; null when there is none; an Error when it cannot be read. */
export function readPolicyFile(file: string | null | Error): { file: PolicyFile | null; mistakes: string[] } {
  if (file instanceof Error) return { file: null, mistakes: [file.message] };
  let content: unknown;
  try {
    content = file === null ? {} : (parseYaml(file) ?? {});
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : "";
    return { file: null, mistakes: [`signalbox.yml is not YAML; ${why}`] };
  }
  const parsed = PolicyFile.safeParse(content);
  if (parsed.success) return { file: parsed.data, mistakes: [] };
  const advice = "see signalbox.example.yml for what is known";
  const mistakes = parsed.error.issues.map(
    ({ path, message }) => `signalbox.yml, ${path.join(".") || "top level"}: ${message}; ${advice}`,
  );
  return { file: null, mistakes };
}
