/** The settings: one schema over the environment, one over `signalbox.yml`. Whatever is wrong is told all at once. */
import { basename } from "node:path";
import { z } from "zod";
import { Channel } from "./domain/ids.ts";
import type { Policy } from "./domain/policy.ts";
import { mergePolicy, type OperatorRules } from "./domain/policy-merge.ts";
import { type GithubAddress, type GithubSettings, githubSettings, readGithubSettings } from "./github-settings.ts";
import { readOperatorFile } from "./policy/read.ts";
import { parseKey } from "./state/seal.ts";

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
  readonly slack: {
    /** null: workspaces install Signalbox by themselves only. */
    readonly botToken: string | null;
    /** More than one while it is being replaced. */
    readonly signingSecrets: readonly string[];
    readonly apiUrl: string;
    /** The workspace where the channels of the settings are; null: the one of the token. */
    readonly team: string | null;
    /** null: Signalbox cannot be installed from a browser. */
    readonly install: SlackInstall | null;
  };
  /** null: the GitHub part is off. */
  readonly github: GithubSettings | null;
  /** null: there is a GitHub App. */
  readonly githubSetup: GithubAddress | null;
  /** null: no debug view. */
  readonly debugPassword: string | null;
  readonly logLevel: "fatal" | "error" | "warn" | "info" | "debug" | "trace" | "silent";
  /** What holds where no repository has settings of its own. */
  readonly policy: Policy;
  /** What the operator's file says, for those that have. */
  readonly rules: OperatorRules;
}

interface SlackInstall {
  readonly clientId: string;
  readonly clientSecret: string;
  /** For the tokens in Redis: the first seals, all of them open. */
  readonly keys: readonly Buffer[];
  readonly authorizeUrl: string;
  /** null: the first one of the Slack app. */
  readonly redirectUri: string | null;
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
  SLACK_BOT_TOKEN: z
    .string()
    .regex(
      // With token rotation it begins with xoxe.
      /^(?:xoxe\.)?xoxb-/,
      "SLACK_BOT_TOKEN is not a bot token, which begins with xoxb-; copy the Bot User OAuth Token from the app's page",
    )
    .optional(),
  SLACK_SIGNING_SECRET: secret("SLACK_SIGNING_SECRET", "the signing secret on the app's Basic Information page")
    .transform(list)
    .refine(
      (secrets) => secrets.length > 0,
      "SLACK_SIGNING_SECRET names no secret; set it to the app's signing secret",
    ),
  SLACK_CLIENT_ID: z.string().optional(),
  SLACK_CLIENT_SECRET: z.string().optional(),
  INSTALLATION_KEY: z
    .string()
    .transform((keys) => list(keys).map(parseKey))
    .refine(
      (keys) => keys.length > 0 && !keys.includes(null),
      "INSTALLATION_KEY names a key that is not 32 bytes in hex or base64; make one with `openssl rand -base64 32`",
    )
    .transform((keys) => keys.filter((key) => key !== null))
    .optional(),
  SLACK_REDIRECT_URI: z
    .url({
      protocol: /^https?$/,
      error: "SLACK_REDIRECT_URI is not an http(s) address; leave it out for the first redirect URL of the Slack app",
    })
    .optional(),
  SLACK_AUTHORIZE_URL: address("SLACK_AUTHORIZE_URL", "https://slack.com/oauth/v2/authorize"),
  SLACK_TEAM: z
    .string()
    .regex(/^T[A-Z0-9]{2,20}$/, "SLACK_TEAM is not the id of a workspace (T…)")
    .optional(),
  SLACK_CHANNEL: Channel.optional(),
  SLACK_API_URL: address("SLACK_API_URL", "https://slack.com/api/"),
  ...githubSettings,
  DEBUG_PASSWORD: z
    .string()
    .min(12, "DEBUG_PASSWORD is shorter than 12 characters; use a longer one, or leave it out")
    .optional(),
  LOG_LEVEL: z.enum(levels, { error: `LOG_LEVEL is none of ${levels.join(", ")}` }).default("info"),
});

/** Every variable that is read, for the test that holds the README to it. The file of `SIGNALBOX_CONFIG` is read by the process. */
export const settingNames: readonly string[] = [...Object.keys(Environment.shape), "SIGNALBOX_CONFIG"];

/**
 * @param environment Variables by name; a blank one counts as not set.
 * @param file The text of `signalbox.yml`; null when there is none; an Error when it cannot be read.
 * @param keyFile The text of the file that PRIVATE_KEY_PATH names; as `file`.
 * @throws ConfigError with all mistakes.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  file: string | null | Error,
  keyFile: string | null | Error = null,
): Config {
  // Trimmed: a secret read from a file often ends in a new line.
  const trimmed = Object.entries(environment).map(([name, value]) => [name, value?.trim()] as const);
  const given = Object.fromEntries(trimmed.filter(([, value]) => value));
  const env = Environment.safeParse(given);
  const fileName = basename(given.SIGNALBOX_CONFIG ?? "signalbox.yml");
  const policy = readOperator(file, fileName);
  const mistakes = [...(env.success ? [] : env.error.issues.map((issue) => withName(issue))), ...policy.mistakes];

  const channel = Channel.safeParse(given.SLACK_CHANNEL);
  const routes = policy.rules?.routes ?? [];
  if (!channel.success && given.SLACK_CHANNEL === undefined && routes.length === 0 && policy.mistakes.length === 0) {
    mistakes.push(
      `SLACK_CHANNEL is missing; set it to the channel for alerts (its id, C…), or name routes in ${fileName}`,
    );
  }
  if (policy.rules?.followUp != null && given.BUILDKITE_API_TOKEN === undefined) {
    mistakes.push(`follow_up in ${fileName} needs BUILDKITE_API_TOKEN, with the scopes read_builds and write_builds`);
  }
  const github = readGithubSettings(given, keyFile);
  mistakes.push(...missingForSlack(given), ...github.mistakes);
  if (mistakes.length > 0 || !env.success || policy.rules === null) throw new ConfigError(mistakes);

  const e = env.data;
  const rules: OperatorRules = { ...policy.rules, defaultChannel: e.SLACK_CHANNEL ?? null };
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
    slack: {
      botToken: e.SLACK_BOT_TOKEN ?? null,
      signingSecrets: e.SLACK_SIGNING_SECRET,
      apiUrl: e.SLACK_API_URL,
      team: e.SLACK_TEAM ?? null,
      install: installOf(e),
    },
    github: github.settings,
    githubSetup: github.setup,
    debugPassword: e.DEBUG_PASSWORD ?? null,
    logLevel: e.LOG_LEVEL,
    policy: mergePolicy(rules),
    rules,
  };
}

type OperatorFile = Omit<OperatorRules, "defaultChannel">;

function readOperator(file: string | null | Error, name: string): { rules: OperatorFile | null; mistakes: string[] } {
  if (file instanceof Error) return { rules: null, mistakes: [file.message] };
  const read = readOperatorFile(file ?? "");
  if (read.ok) return { rules: read.rules, mistakes: [] };
  const advice = "see signalbox.example.yml for what is known";
  const mistakes = read.mistakes.map(({ line, message }) => `${name}, line ${line}, ${message}; ${advice}`);
  return { rules: null, mistakes };
}

const installNames = ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "INSTALLATION_KEY"] as const;
const installWhere = {
  SLACK_CLIENT_ID: "the Client ID on the app's Basic Information page",
  SLACK_CLIENT_SECRET: "the Client Secret on the app's Basic Information page",
  INSTALLATION_KEY: "32 random bytes (`openssl rand -base64 32`)",
} as const;

/** A token, or installation from a browser, which takes three settings; or both. */
function missingForSlack(given: Readonly<Record<string, string | undefined>>): string[] {
  const named = installNames.filter((name) => given[name] !== undefined);
  if (named.length === 0) {
    return given.SLACK_BOT_TOKEN === undefined
      ? ["SLACK_BOT_TOKEN is missing; set it to the app's bot token (xoxb-…)"]
      : [];
  }
  const missing = installNames
    .filter((name) => given[name] === undefined)
    .map((name) => `${name} is missing; set it to ${installWhere[name]}, or leave out all three`);
  if (given.SLACK_BOT_TOKEN === undefined && given.SLACK_TEAM === undefined) {
    missing.push("SLACK_TEAM is missing; without SLACK_BOT_TOKEN, set it to the workspace (T…) that has the channels");
  }
  return missing;
}

function installOf(env: z.infer<typeof Environment>): SlackInstall | null {
  const { SLACK_CLIENT_ID: clientId, SLACK_CLIENT_SECRET: clientSecret, INSTALLATION_KEY: keys } = env;
  if (clientId === undefined || clientSecret === undefined || keys === undefined) return null;
  return {
    clientId,
    clientSecret,
    keys,
    authorizeUrl: env.SLACK_AUTHORIZE_URL,
    redirectUri: env.SLACK_REDIRECT_URI ?? null,
  };
}

/** Messages of the schema name the setting already, but for the ones that a library words. */
function withName({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  const name = String(path[0]);
  return message.startsWith(name) ? message : `${name}: ${message}`;
}
