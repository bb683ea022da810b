import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { describe, expect, it } from "vitest";
import { ConfigError, readConfig } from "../../src/config.ts";
import type { GithubSettings } from "../../src/github-settings.ts";
import { appKey, githubEnvironment } from "./environment.ts";

type Environment = Readonly<Record<string, string | undefined>>;

const others: Environment = {
  BUILDKITE_WEBHOOK_TOKEN: "t",
  SLACK_BOT_TOKEN: "xoxb-t",
  SLACK_SIGNING_SECRET: "t",
  SLACK_CHANNEL: "C0ALERTS",
};
const pkcs8 = createPrivateKey(appKey).export({ type: "pkcs8", format: "pem" }).toString();
const without = (name: keyof typeof githubEnvironment): Environment => ({ ...githubEnvironment, [name]: undefined });

function read(environment: Environment, keyFile: string | null | Error = null): GithubSettings | null {
  return readConfig({ ...others, ...environment }, null, keyFile).github;
}

function mistakes(environment: Environment, keyFile: string | null | Error = null): readonly string[] {
  try {
    read(environment, keyFile);
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes;
    throw error;
  }
  throw new Error("Cannot find a mistake: the settings were accepted");
}

describe("the settings of the GitHub App", () => {
  it("are off when none is given", () => {
    expect(read({})).toBeNull();
    expect(read({ GITHUB_API_URL: "https://github.example.com/api/v3", GHE_HOST: "github.example.com" })).toBeNull();
  });

  it("are its id, its key and the secrets of its webhook", () => {
    expect(read({ ...githubEnvironment, WEBHOOK_SECRET: "new, old" })).toEqual({
      appId: 4711,
      privateKey: pkcs8,
      webhookSecrets: ["new", "old"],
      apiUrl: "https://api.github.com",
      host: "github.com",
    });
  });

  it.each<[what: string, key: string]>([
    ["as GitHub gives it", appKey],
    ["with blank lines around it", `\n${appKey}\n`],
    ["with line breaks of Windows", appKey.replaceAll("\n", "\r\n")],
    ["with spelled line breaks", appKey.replaceAll("\n", "\\n")],
    ["in one line", appKey.replaceAll("\n", " ")],
    ["with all line breaks lost", appKey.replaceAll("\n", "")],
    ["in base64", Buffer.from(appKey).toString("base64")],
    ["in PKCS#8", pkcs8],
  ])("take a key %s, from the variable or a file", (_, key) => {
    expect(read({ ...githubEnvironment, PRIVATE_KEY: key })?.privateKey).toBe(pkcs8);
    expect(read({ ...without("PRIVATE_KEY"), PRIVATE_KEY_PATH: "app.pem" }, key)?.privateKey).toBe(pkcs8);
  });

  it("prefer the key itself to the path of one, as Probot does", () => {
    const unreadable = new Error("PRIVATE_KEY_PATH names app.pem, which cannot be read");
    expect(read({ ...githubEnvironment, PRIVATE_KEY_PATH: "app.pem" }, unreadable)?.privateKey).toBe(pkcs8);
  });

  it.each<[environment: Environment, apiUrl: string, host: string]>([
    [{ GITHUB_API_URL: "https://git.acme.dev/api/v3/" }, "https://git.acme.dev/api/v3", "git.acme.dev"],
    [{ GITHUB_API_URL: "https://api.acme.ghe.com" }, "https://api.acme.ghe.com", "acme.ghe.com"],
    [{ GHE_HOST: "Git.Acme.dev" }, "https://git.acme.dev/api/v3", "git.acme.dev"],
    [{ GHE_HOST: "git.acme.dev:8443", GHE_PROTOCOL: "http" }, "http://git.acme.dev:8443/api/v3", "git.acme.dev"],
    [{ GITHUB_API_URL: "http://127.0.0.1:4000", GHE_HOST: "github.com" }, "http://127.0.0.1:4000", "github.com"],
  ])("know another GitHub: %j", (environment, apiUrl, host) => {
    expect(read({ ...githubEnvironment, ...environment })).toMatchObject({ apiUrl, host });
  });
});

describe("a mistake in the settings of the GitHub App is told with what to do", () => {
  const left = "or leave out";
  it.each<[what: string, environment: Environment, ...mistakes: string[]]>([
    [
      "no id",
      without("APP_ID"),
      `APP_ID is missing; set it to the App ID on the GitHub App's page, ${left} PRIVATE_KEY and WEBHOOK_SECRET`,
    ],
    [
      "no key",
      without("PRIVATE_KEY"),
      `PRIVATE_KEY is missing; set it to the private key of the GitHub App (or PRIVATE_KEY_PATH to its file), ${left} APP_ID and WEBHOOK_SECRET`,
    ],
    [
      "no secret",
      without("WEBHOOK_SECRET"),
      `WEBHOOK_SECRET is missing; set it to the secret of the GitHub App's webhook, ${left} APP_ID and PRIVATE_KEY`,
    ],
    [
      "a secret alone",
      { WEBHOOK_SECRET: "s" },
      `APP_ID is missing; set it to the App ID on the GitHub App's page, ${left} WEBHOOK_SECRET`,
      `PRIVATE_KEY is missing; set it to the private key of the GitHub App (or PRIVATE_KEY_PATH to its file), ${left} WEBHOOK_SECRET`,
    ],
    [
      "an id that is none",
      { ...githubEnvironment, APP_ID: "signalbox" },
      "APP_ID is not a number; use the App ID on the GitHub App's page",
    ],
    [
      "an address that is none",
      { ...githubEnvironment, GITHUB_API_URL: "github.example.com" },
      "GITHUB_API_URL is not an http(s) address; leave it out for https://api.github.com",
    ],
    [
      "an address for the host",
      { ...githubEnvironment, GHE_HOST: "https://git.acme.dev" },
      "GHE_HOST is not a host; use the one of your GitHub Enterprise Server",
    ],
  ])("%s", (_, environment, ...expected) => {
    expect(mistakes(environment)).toEqual(expected);
  });

  it.each<[what: string, key: string]>([
    ["no key", "key"],
    ["its first line only", "-----BEGIN RSA PRIVATE KEY-----"],
    ["half of one", `${appKey.slice(0, 500)}\n-----END RSA PRIVATE KEY-----`],
    ["a public key", createPrivateKey(appKey).export({ type: "pkcs8", format: "der" }).toString("hex")],
    [
      "a key of another kind",
      generateKeyPairSync("ed25519").privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    ],
  ])("%s for the key", (_, key) => {
    const remedy = "holds no RSA private key; use the whole .pem file that GitHub made for the app, or its base64";
    expect(mistakes({ ...githubEnvironment, PRIVATE_KEY: key })).toEqual([`PRIVATE_KEY ${remedy}`]);
    expect(mistakes({ ...without("PRIVATE_KEY"), PRIVATE_KEY_PATH: "app.pem" }, key)).toEqual([
      `PRIVATE_KEY_PATH names a file that ${remedy}`,
    ]);
  });

  it("a file that cannot be read", () => {
    const told = "PRIVATE_KEY_PATH names app.pem, which cannot be read; check the path and its permissions";
    expect(mistakes({ ...without("PRIVATE_KEY"), PRIVATE_KEY_PATH: "app.pem" }, new Error(told))).toEqual([told]);
  });
});
