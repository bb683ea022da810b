import { describe, expect, it } from "vitest";
import { type Config, ConfigError, readConfig } from "../src/config.ts";
import { usualSettings } from "../src/domain/policy.ts";
import { githubEnvironment } from "./github/environment.ts";
import { hour, minute } from "./harness/clock.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const enough: Environment = {
  BUILDKITE_WEBHOOK_TOKEN: "buildkite-token",
  SLACK_BOT_TOKEN: "xoxb-bot-token",
  SLACK_SIGNING_SECRET: "slack-signing-secret",
  SLACK_CHANNEL: "C0ALERTS",
};

function read(environment: Environment = {}, file: string | null = null): Config {
  return readConfig({ ...enough, ...environment }, file);
}

/** What is told when the start is refused; fails when it is not refused. */
function mistakes(environment: Environment, file: string | null = null): readonly string[] {
  try {
    readConfig(environment, file);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  throw new Error("Cannot find a mistake: the settings were accepted");
}

function mistakesOf(environment: Environment, file: string | null = null): readonly string[] {
  return mistakes({ ...enough, ...environment }, file);
}

describe("the settings", () => {
  it("need four variables; everything else has a default", () => {
    const { rules, ...settings } = readConfig(enough, null);
    expect(rules).toMatchObject({ routes: [], track: [], defaultChannel: "C0ALERTS", followUp: null });
    expect(settings).toEqual({
      host: "0.0.0.0",
      port: 3000,
      redisUrl: null,
      buildkite: {
        webhookTokens: ["buildkite-token"],
        auth: "signature",
        apiToken: null,
        apiUrl: "https://api.buildkite.com",
      },
      slack: {
        botToken: "xoxb-bot-token",
        signingSecrets: ["slack-signing-secret"],
        apiUrl: "https://slack.com/api/",
        team: null,
        install: null,
      },
      github: null,
      githubSetup: { apiUrl: "https://api.github.com", webUrl: "https://github.com" },
      debugPassword: null,
      logLevel: "info",
      policy: {
        routes: [],
        defaults: {
          owners: null,
          actions: { acknowledge: "channel", mute: "channel", rerun: "linked" },
          reminders: { unacknowledged: [30 * minute, 2 * hour, 24 * hour], stillOnIt: 4 * hour, handBack: hour },
          sources: {},
        },
        people: new Map(),
        defaultChannel: "C0ALERTS",
        track: [],
        mutes: [],
        neverAlert: [],
        teams: new Map(),
        reopenWithin: 2 * hour,
        followUp: null,
        repository: null,
      },
    });
  });

  it("are taken as they are given", () => {
    const config = read(
      {
        PORT: "0",
        HOST: "127.0.0.1",
        REDIS_URL: "rediss://:secret@redis.example.com:6380/1",
        BUILDKITE_WEBHOOK_AUTH: "token",
        BUILDKITE_API_TOKEN: "bkua_token",
        BUILDKITE_API_URL: "http://127.0.0.1:4000/buildkite",
        SLACK_API_URL: "http://127.0.0.1:4001/api/",
        ...githubEnvironment,
        DEBUG_PASSWORD: "a-long-password",
        LOG_LEVEL: "debug",
      },
      `
        routes:
          - match: { pipeline: payments-*, branch: release/* }
            channel: "#payments"
          - channel: C0REST
        track:
          - branch: release/*
        alerts:
          reopen_within_minutes: 30
        follow_up:
          pipeline: build-analytics
      `,
    );
    expect(config).toMatchObject({
      port: 0,
      host: "127.0.0.1",
      redisUrl: "rediss://:secret@redis.example.com:6380/1",
      buildkite: { auth: "token", apiToken: "bkua_token", apiUrl: "http://127.0.0.1:4000/buildkite" },
      slack: { apiUrl: "http://127.0.0.1:4001/api/" },
      github: { appId: 4711, webhookSecrets: ["github-secret"] },
      debugPassword: "a-long-password",
      logLevel: "debug",
    });
    const at = (line: number) => ({ source: { file: "signalbox.yml", line } });
    expect(config.policy).toEqual({
      routes: [
        { match: { pipeline: "payments-*", branch: "release/*" }, channel: "#payments", ...usualSettings, ...at(3) },
        { match: {}, channel: "C0REST", ...usualSettings, ...at(5) },
      ],
      defaults: usualSettings,
      people: new Map(),
      defaultChannel: "C0ALERTS",
      track: [{ branch: "release/*", ...at(7) }],
      mutes: [],
      neverAlert: [],
      teams: new Map(),
      reopenWithin: 30 * minute,
      followUp: { pipeline: "build-analytics", branch: "main", commit: "HEAD" },
      repository: null,
    });
  });

  it("name several secrets while one is being replaced", () => {
    const config = read({
      BUILDKITE_WEBHOOK_TOKEN: " old , new,",
      SLACK_SIGNING_SECRET: "new,old",
      ...githubEnvironment,
      WEBHOOK_SECRET: "one,two",
    });
    expect(config.buildkite.webhookTokens).toEqual(["old", "new"]);
    expect(config.slack.signingSecrets).toEqual(["new", "old"]);
    expect(config.github?.webhookSecrets).toEqual(["one", "two"]);
  });

  it("of a route stand before those of the file, and those before the usual ones", () => {
    const file = `
      owners: S0PLATFORM
      actions: { rerun: channel }
      reminders: { unacknowledged: [2d, 15m], still_on_it_after: "off" }
      routes:
        - channel: C0PAYMENTS
          owners: S0PAYMENTS
          actions: { mute: [S0PAYMENTS] }
          reminders: { hand_back_after: 30m }
        - { match: { pipeline: docs }, channel: C0DOCS, reminders: "off" }
    `;
    const { defaults, routes } = read({}, file).policy;
    expect(defaults).toMatchObject({
      owners: "S0PLATFORM",
      actions: { acknowledge: "channel", mute: "channel", rerun: "channel" },
      reminders: { unacknowledged: [15 * minute, 48 * hour], stillOnIt: null, handBack: hour },
    });
    expect(routes).toMatchObject([
      {
        match: {},
        channel: "C0PAYMENTS",
        owners: "S0PAYMENTS",
        actions: { acknowledge: "channel", mute: ["S0PAYMENTS"], rerun: "channel" },
        reminders: { unacknowledged: [15 * minute, 48 * hour], stillOnIt: null, handBack: 30 * minute },
      },
      { owners: "S0PLATFORM", match: { pipeline: "docs" }, channel: "C0DOCS", reminders: null },
    ]);
    const at = (line: number) => ({ file: "signalbox.yml", line });
    expect(defaults.sources).toEqual({ owners: at(2), rerun: at(3), reminders: at(4) });
    expect(routes[0]?.sources).toEqual({ owners: at(7), mute: at(8), rerun: at(3), reminders: at(9) });
  });

  it("map people by GitHub login or e-mail address, in any case", () => {
    const { people } = read({}, "people: { Octocat: U0ADA, Ada@Example.com: U0ADA }").policy;
    expect([...people]).toEqual([
      ["octocat", "U0ADA"],
      ["ada@example.com", "U0ADA"],
    ]);
  });

  it("let workspaces install Signalbox by themselves, with or without a token", () => {
    const install = { SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "secret", INSTALLATION_KEY: "ab".repeat(32) };
    expect(read(install).slack.install).toEqual({
      clientId: "1.2",
      clientSecret: "secret",
      keys: [Buffer.from("ab".repeat(32), "hex")],
      authorizeUrl: "https://slack.com/oauth/v2/authorize",
      redirectUri: null,
    });
    const alone = read({ ...install, SLACK_BOT_TOKEN: undefined, SLACK_TEAM: "T0ACME" }).slack;
    expect(alone).toMatchObject({ botToken: null, team: "T0ACME" });
  });

  it.each(["", " ", "\t\n"])("that are blank (%j) count as not set", (blank) => {
    const optional = [
      "PORT",
      "HOST",
      "REDIS_URL",
      "BUILDKITE_WEBHOOK_AUTH",
      "BUILDKITE_API_TOKEN",
      "BUILDKITE_API_URL",
      "SLACK_API_URL",
      "SLACK_TEAM",
      "SLACK_CLIENT_ID",
      "SLACK_CLIENT_SECRET",
      "SLACK_AUTHORIZE_URL",
      "SLACK_REDIRECT_URI",
      "INSTALLATION_KEY",
      "APP_ID",
      "PRIVATE_KEY",
      "PRIVATE_KEY_PATH",
      "WEBHOOK_SECRET",
      "GITHUB_API_URL",
      "GHE_HOST",
      "GHE_PROTOCOL",
      "DEBUG_PASSWORD",
      "LOG_LEVEL",
    ];
    expect(read(Object.fromEntries(optional.map((name) => [name, blank])))).toEqual(read());
    const required = Object.fromEntries(Object.keys(enough).map((name) => [name, blank]));
    expect(mistakes(required)).toEqual(mistakes({}));
  });

  it("of other programs in the environment mean nothing", () => {
    expect(read({ HOME: "/root", SLACK_TOKEN: "x", UNSET: undefined })).toEqual(read());
  });

  it("need no default channel when there are routes", () => {
    const { policy } = readConfig({ ...enough, SLACK_CHANNEL: "" }, "routes: [{ channel: C0PAYMENTS }]");
    expect(policy).toMatchObject({ defaultChannel: null, routes: [{ match: {}, channel: "C0PAYMENTS" }] });
  });

  it.each(["", "# nothing yet\n", "{}", "alerts: {}"])("may be an empty file: %j", (file) => {
    expect(read({}, file)).toEqual(read());
  });
});

describe("a mistake in the environment is told with what to do", () => {
  it.each<[environment: Environment, mistake: string]>([
    [{ PORT: "http" }, "PORT is not a number; use 0 to 65535"],
    [{ PORT: "Infinity" }, "PORT is not a number; use 0 to 65535"],
    [{ PORT: "1.5" }, "PORT is not a port; use 0 to 65535"],
    [{ PORT: "-1.5" }, "PORT is not a port; use 0 to 65535"],
    [{ PORT: "65536" }, "PORT is not a port; use 0 to 65535"],
    [
      { REDIS_URL: "http://localhost:6379" },
      "REDIS_URL is not redis://…, rediss://… or unix:///…; leave it out for the embedded Redis",
    ],
    [
      { BUILDKITE_WEBHOOK_TOKEN: undefined },
      "BUILDKITE_WEBHOOK_TOKEN is missing; set it to the token of the Buildkite notification service",
    ],
    [
      { BUILDKITE_WEBHOOK_TOKEN: " , " },
      "BUILDKITE_WEBHOOK_TOKEN names no token; set it to the token of the Buildkite notification service",
    ],
    [
      { BUILDKITE_WEBHOOK_AUTH: "none" },
      "BUILDKITE_WEBHOOK_AUTH is neither signature nor token; choose what the notification service sends",
    ],
    [
      { BUILDKITE_API_URL: "api.buildkite.com" },
      "BUILDKITE_API_URL is not an http(s) address; leave it out for https://api.buildkite.com",
    ],
    [
      { BUILDKITE_API_URL: "ftp://api.buildkite.com" },
      "BUILDKITE_API_URL is not an http(s) address; leave it out for https://api.buildkite.com",
    ],
    [{ SLACK_BOT_TOKEN: undefined }, "SLACK_BOT_TOKEN is missing; set it to the app's bot token (xoxb-…)"],
    [
      { SLACK_BOT_TOKEN: "xoxp-of-a-person" },
      "SLACK_BOT_TOKEN is not a bot token, which begins with xoxb-; copy the Bot User OAuth Token from the app's page",
    ],
    [
      { SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "secret" },
      "INSTALLATION_KEY is missing; set it to 32 random bytes (`openssl rand -base64 32`), or leave out all three",
    ],
    [
      {
        SLACK_CLIENT_ID: "1.2",
        SLACK_CLIENT_SECRET: "s",
        INSTALLATION_KEY: "ab".repeat(32),
        SLACK_BOT_TOKEN: undefined,
      },
      "SLACK_TEAM is missing; without SLACK_BOT_TOKEN, set it to the workspace (T…) that has the channels",
    ],
    [
      { SLACK_CLIENT_ID: "1.2", SLACK_CLIENT_SECRET: "secret", INSTALLATION_KEY: "short" },
      "INSTALLATION_KEY names a key that is not 32 bytes in hex or base64; make one with `openssl rand -base64 32`",
    ],
    [{ SLACK_TEAM: "acme" }, "SLACK_TEAM is not the id of a workspace (T…)"],
    [
      { SLACK_REDIRECT_URI: "signalbox.example.com" },
      "SLACK_REDIRECT_URI is not an http(s) address; leave it out for the first redirect URL of the Slack app",
    ],
    [
      { SLACK_SIGNING_SECRET: undefined },
      "SLACK_SIGNING_SECRET is missing; set it to the signing secret on the app's Basic Information page",
    ],
    [
      { SLACK_CHANNEL: undefined },
      "SLACK_CHANNEL is missing; set it to the channel for alerts (its id, C…), or name routes in signalbox.yml",
    ],
    [{ SLACK_CHANNEL: "ci-alerts" }, "SLACK_CHANNEL: not a Slack channel: use its id (C…), or #name"],
    [{ SLACK_API_URL: "slack" }, "SLACK_API_URL is not an http(s) address; leave it out for https://slack.com/api/"],
    [
      { ...githubEnvironment, WEBHOOK_SECRET: "," },
      "WEBHOOK_SECRET names no secret; set it to the secret of the GitHub App's webhook",
    ],
    [{ DEBUG_PASSWORD: "short" }, "DEBUG_PASSWORD is shorter than 12 characters; use a longer one, or leave it out"],
    [{ LOG_LEVEL: "verbose" }, "LOG_LEVEL is none of fatal, error, warn, info, debug, trace, silent"],
  ])("%j", (environment, mistake) => {
    expect(mistakesOf(environment)).toEqual([mistake]);
  });
});

describe("a mistake in signalbox.yml is told with its place", () => {
  it.each<[file: string, ...mistakes: string[]]>([
    ["chanels: []", 'signalbox.yml, line 1, top level: unknown key "chanels"; known here: …'],
    [
      "a: 1\nb: 2",
      'signalbox.yml, line 1, top level: unknown key "a"; known here: …',
      'signalbox.yml, line 2, top level: unknown key "b"; known here: …',
    ],
    [
      "routes:\n  - chanel: C0A\n    channel: C0A",
      'signalbox.yml, line 2, routes.0: unknown key "chanel"; write channel',
    ],
    [
      "routes: [{ channel: C0A }, { match: { brnch: main }, channel: C0A }]",
      'signalbox.yml, line 1, routes.1.match: unknown key "brnch"; write branch',
    ],
    ["track: [{ branches: main }]", 'signalbox.yml, line 1, track.0: unknown key "branches"; write branch'],
    [
      "alerts: { reopen_within: 5 }",
      'signalbox.yml, line 1, alerts: unknown key "reopen_within"; write reopen_within_minutes',
    ],
    ["__proto__: { x: 1 }", 'signalbox.yml, line 1, top level: unknown key "__proto__"; known here: …'],
    [
      "routes: [{ match: { branch: 1 }, channel: ci }, 3]",
      'signalbox.yml, line 1, routes.0.match.branch: write a pattern for branches, with * for any text, in quotes: "1"',
      "signalbox.yml, line 1, routes.0.channel: not a Slack channel: use its id (C…), or #name",
      "signalbox.yml, line 1, routes.1: write settings here, by name: match, channel, owners, actions, reminders",
    ],
    [
      "alerts: { reopen_within_minutes: -1 }",
      "signalbox.yml, line 1, alerts.reopen_within_minutes: write a number of minutes from 0 to 10080",
    ],
    [
      "alerts: { reopen_within_minutes: 10081 }",
      "signalbox.yml, line 1, alerts.reopen_within_minutes: write a number of minutes from 0 to 10080",
    ],
    ["- 1", "signalbox.yml, line 1, top level: write settings here, by name: …"],
    ["hello", "signalbox.yml, line 1, top level: write settings here, by name: …"],
    ["a: b: c", "signalbox.yml, line 1, this is not YAML: Nested mappings are not allowed in compact mappings"],
    ["a: 1\na: 2", "signalbox.yml, line 2, this is not YAML: Map keys must be unique"],
    [
      "follow_up:\n  pipeline: a b\n  branch: 1",
      "signalbox.yml, line 2, follow_up.pipeline: not a pipeline slug",
      'signalbox.yml, line 3, follow_up.branch: write a branch, in quotes: "1"',
    ],
    [
      "follow_up: { pipeline: analytics }",
      "follow_up in signalbox.yml needs BUILDKITE_API_TOKEN, with the scopes read_builds and write_builds",
    ],
  ])("%j", (file, ...expected) => {
    const told = mistakesOf({}, file).map((mistake) =>
      mistake
        .replace(/; see signalbox\.example\.yml.*$/, "")
        .replace(/(known here|by name): owners, actions, reminders, .*, follow_up$/, "$1: …"),
    );
    expect(told).toEqual(expected);
  });

  it("with where to look up what is known", () => {
    expect(mistakesOf({}, "chanels: []")[0]).toMatch(/; see signalbox\.example\.yml for what is known$/);
  });
});

describe("several mistakes", () => {
  const wrong: Environment = { PORT: "x", SLACK_CHANNEL: "ci", DEBUG_PASSWORD: "short" };

  it("are told all at once, of the environment and of the file", () => {
    expect(mistakes(wrong, "routes: 1\nchanels: []").map((mistake) => mistake.split(/[ :;]/)[0])).toEqual([
      "PORT",
      "BUILDKITE_WEBHOOK_TOKEN",
      "SLACK_SIGNING_SECRET",
      "SLACK_CHANNEL",
      "DEBUG_PASSWORD",
      "signalbox.yml,",
      "signalbox.yml,",
      "SLACK_BOT_TOKEN",
    ]);
  });

  it("are a list in the message, one in a line", () => {
    expect(new ConfigError(["A is missing"]).message).toBe(
      "Cannot start: a setting is missing or wrong\n  - A is missing",
    );
    expect(new ConfigError(["A is missing", "B is wrong"]).message).toBe(
      "Cannot start: 2 settings are missing or wrong\n  - A is missing\n  - B is wrong",
    );
  });

  it("name the file that was read", () => {
    const named = { ...enough, SIGNALBOX_CONFIG: "/etc/signalbox/production.yml" };
    expect(mistakes(named, "routes: 1")[0]).toMatch(/^production\.yml, line 1, /);
  });

  it("in a file that cannot be read do not make a channel missing that it may name", () => {
    expect(mistakes({ ...enough, SLACK_CHANNEL: undefined }, "routes: 1")).toHaveLength(1);
  });
});

describe("a message about settings", () => {
  it("never has the value of a secret in it, wrong or not", () => {
    const secrets = {
      REDIS_URL: "http://:s3cret-redis@host",
      BUILDKITE_WEBHOOK_TOKEN: "s3cret-buildkite",
      BUILDKITE_API_TOKEN: "s3cret-api",
      BUILDKITE_API_URL: "ftp://user:s3cret-url@host",
      SLACK_BOT_TOKEN: "s3cret-bot",
      SLACK_SIGNING_SECRET: "s3cret-signing",
      SLACK_API_URL: "nonsense-s3cret",
      APP_ID: "s3cret-id",
      PRIVATE_KEY: "-----BEGIN s3cret-----",
      WEBHOOK_SECRET: "s3cret-github",
      GITHUB_API_URL: "https://user:s3cret@github.example.com",
      GHE_HOST: "s3cret_host",
      DEBUG_PASSWORD: "s3cret",
      // In the wrong variable by mistake.
      PORT: "s3cret-port",
      LOG_LEVEL: "s3cret-level",
      BUILDKITE_WEBHOOK_AUTH: "s3cret-auth",
      SLACK_CHANNEL: "s3cret-channel",
    };
    const told = mistakes(secrets, "routes: 1");
    expect(told).toHaveLength(14);
    expect(told.join("\n")).not.toContain("s3cret");
  });
});
