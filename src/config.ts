/** The settings: one schema over the environment, one over `signalbox.yml`. Whatever is wrong is told all at once. */
import { parse as parseYaml } from "yaml";
import { z } from "zod";
import { Channel, Pipeline } from "./domain/ids.ts";
import type { Policy } from "./domain/policy.ts";

export interface Config {
  readonly host: string;
  readonly port: number;
  /** null: the embedded Redis. */
  readonly redisUrl: string | null;
  readonly buildkite: {
    /** More than one while a token is being replaced. */
    readonly webhookTokens: readonly string[];
    readonly auth: "signature" | "token";
    /** null: no reading of builds and logs, and no follow-up builds. */
    readonly apiToken: string | null;
    readonly apiUrl: string;
  };
  readonly slack: { readonly botToken: string; readonly signingSecret: string; readonly apiUrl: string };
  /** null: the GitHub part is off. */
  readonly github: { readonly webhookSecrets: readonly string[] } | null;
  /** null: no debug view. */
  readonly debugPassword: string | null;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
  readonly policy: Policy;
}

/** Every setting that is wrong, each with what to do; the message lists them all. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];

  constructor(mistakes: readonly string[]) {
    super(
      `Cannot start: ${mistakes.length === 1 ? "a setting is" : `${mistakes.length} settings are`} missing or wrong\n${mistakes.map((m) => `  - ${m}`).join("\n")}`,
    );
    this.name = "ConfigError";
    this.mistakes = mistakes;
  }
}

const secret = (name: string, where: string) => z.string({ error: `${name} is missing; set it to ${where}` });
const address = (name: string, usual: string) =>
  z.url({ protocol: /^https?$/, error: `${name} is not an http(s) address; leave it out for ${usual}` }).default(usual);
const list = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");
const levels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

const Environment = z.object({
  PORT: z.coerce
    .number({ error: "PORT is not a number; use 0 to 65535" })
    .refine((port) => Number.isInteger(port) && port >= 0 && port <= 65535, "PORT is not a port; use 0 to 65535")
    .default(3000),
  HOST: z.string().default("0.0.0.0"),
  REDIS_URL: z
    .string()
    .regex(
      /^(?:redis|rediss|unix):\/\/./,
      "REDIS_URL is not redis://…, rediss://… or unix:///…; leave it out for the embedded Redis",
    )
    .optional(),
  BUILDKITE_WEBHOOK_TOKEN: secret("BUILDKITE_WEBHOOK_TOKEN", "the token of the Buildkite notification service")
    .transform(list)
    .refine(
      (tokens) => tokens.length > 0,
      "BUILDKITE_WEBHOOK_TOKEN names no token; set it to the token of the Buildkite notification service",
    ),
  BUILDKITE_WEBHOOK_AUTH: z
    .enum(["signature", "token"], {
      error: "BUILDKITE_WEBHOOK_AUTH is neither signature nor token; choose what the notification service sends",
    })
    .default("signature"),
  BUILDKITE_API_TOKEN: z.string().optional(),
  BUILDKITE_API_URL: address("BUILDKITE_API_URL", "https://api.buildkite.com"),
  SLACK_BOT_TOKEN: secret("SLACK_BOT_TOKEN", "the app's bot token (xoxb-…)"),
  SLACK_SIGNING_SECRET: secret("SLACK_SIGNING_SECRET", "the signing secret on the app's Basic Information page"),
  SLACK_CHANNEL: Channel.optional(),
  SLACK_API_URL: address("SLACK_API_URL", "https://slack.com/api/"),
  WEBHOOK_SECRET: z
    .string()
    .transform(list)
    .refine(
      (secrets) => secrets.length > 0,
      "WEBHOOK_SECRET names no secret; set it to the GitHub App's webhook secret, or leave it out",
    )
    .optional(),
  DEBUG_PASSWORD: z
    .string()
    .min(12, "DEBUG_PASSWORD is shorter than 12 characters; use a longer one, or leave it out")
    .optional(),
  LOG_LEVEL: z.enum(levels, { error: `LOG_LEVEL is none of ${levels.join(", ")}` }).default("info"),
});

/** Every variable that is read, for the test that holds the README to it. `SIGNALBOX_CONFIG` is read by the process. */
export const settingNames: readonly string[] = [...Object.keys(Environment.shape), "SIGNALBOX_CONFIG"];

const Match = z.strictObject({ pipeline: z.string().optional(), branch: z.string().optional() });
const PolicyFile = z.strictObject({
  routes: z.array(z.strictObject({ match: Match.default({}), channel: Channel })).default([]),
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

/**
 * @param environment Variables by name; a blank one counts as not set.
 * @param file The text of `signalbox.yml`; null when there is none; an Error when it cannot be read.
 * @throws ConfigError with all mistakes.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  file: string | null | Error,
): Config {
  // Trimmed: a secret read from a file often ends in a new line.
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const);
  const given = Object.fromEntries(trimmed.filter(([, value]) => value));
  const env = Environment.safeParse(given);
  const policy = readPolicyFile(file);
  const mistakes = [...(env.success ? [] : env.error.issues.map((issue) => withName(issue))), ...policy.mistakes];

  const channel = Channel.safeParse(given.SLACK_CHANNEL);
  const routes = policy.file?.routes ?? [];
  if (!channel.success && given.SLACK_CHANNEL === undefined && routes.length === 0 && policy.mistakes.length === 0) {
    mistakes.push(
      "SLACK_CHANNEL is missing; set it to the channel for alerts (its id, C…), or name routes in signalbox.yml",
    );
  }
  if (policy.file?.follow_up !== undefined && given.BUILDKITE_API_TOKEN === undefined) {
    mistakes.push("follow_up in signalbox.yml needs BUILDKITE_API_TOKEN, with the scopes read_builds and write_builds");
  }
  if (mistakes.length > 0 || !env.success || policy.file === null) throw new ConfigError(mistakes);

  const e = env.data;
  return {
    host: e.HOST,
    port: e.PORT,
    redisUrl: e.REDIS_URL ?? null,
    buildkite: {
      webhookTokens: e.BUILDKITE_WEBHOOK_TOKEN,
      auth: e.BUILDKITE_WEBHOOK_AUTH,
      apiToken: e.BUILDKITE_API_TOKEN ?? null,
      apiUrl: e.BUILDKITE_API_URL,
    },
    slack: { botToken: e.SLACK_BOT_TOKEN, signingSecret: e.SLACK_SIGNING_SECRET, apiUrl: e.SLACK_API_URL },
    github: e.WEBHOOK_SECRET === undefined ? null : { webhookSecrets: e.WEBHOOK_SECRET },
    debugPassword: e.DEBUG_PASSWORD ?? null,
    logLevel: e.LOG_LEVEL,
    policy: {
      routes,
      defaultChannel: e.SLACK_CHANNEL ?? null,
      track: policy.file.track,
      reopenWithin: policy.file.alerts.reopen_within_minutes * 60_000,
      followUp: policy.file.follow_up ?? null,
    },
  };
}

function readPolicyFile(file: string | null | Error): { file: z.infer<typeof PolicyFile> | null; mistakes: string[] } {
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

/** Messages of the schema name the setting already, but for the ones that a library words. */
function withName({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  const name = String(path[0]);
  return message.startsWith(name) ? message : `${name}: ${message}`;
}
