/** The whole bot with the GitHub part on: the App is installed on `acme/payments-api`, which its pipeline builds. */
import { generateKeyPairSync } from "node:crypto";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { type Github, type GithubOptions, startGithub } from "../../sandbox/github/index.ts";
import type { Repository } from "../../sandbox/github/repository.ts";
import { type Bot, type BotOptions, startBot } from "./bot.ts";
import { FakeClock } from "./clock.ts";

export { buildOf, buildOfBranch } from "../../sandbox/checkout.ts";

export const appId = 29_310;
const githubSecret = "github-webhook-secret";
export const repositoryName = "acme/payments-api";
/** Where the bot takes GitHub's webhooks. */
const githubPath = "/github/webhooks";

/** A GitHub App's, as PEM. */
export function makePrivateKey(bits: number): string {
  return generateKeyPairSync("rsa", {
    modulusLength: bits,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  }).privateKey;
}

/** Half as long as GitHub's: every bot signs with it. */
export const privateKey = makePrivateKey(1024);

/** The stand-in lets the bot do, and tells it, what the app asks for, and no more. */
const manifest = z
  .object({
    default_permissions: z.record(z.string(), z.enum(["read", "write"])),
    default_events: z.array(z.string()),
  })
  .parse(parse(readFileSync(new URL("../../app.yml", import.meta.url), "utf8")));

export interface GithubBotOptions extends BotOptions {
  /** Of the stand-in. */
  readonly github?: Partial<GithubOptions>;
  /** Of `acme/payments-api`. Default: public. */
  readonly visibility?: "public" | "private";
  /** Sets up what was there before the bot starts. */
  readonly before?: (github: Github, repository: Repository) => void;
}

export interface GithubBot extends Bot {
  readonly github: Github;
  /** `acme/payments-api`: one commit on main; Ada and Grace may write, Bob may read. */
  readonly repository: Repository;
}

export async function startGithubBot(options: GithubBotOptions): Promise<GithubBot> {
  const clock = options.clock ?? new FakeClock();
  const { default_permissions: permissions, default_events: events } = manifest;
  const github = await startGithub({ clock, appId, key: privateKey, permissions, events, ...options.github });
  const repository = setUp(github, options.visibility === "private");
  options.before?.(github, repository);
  const bot = await startBot({
    repository: `git@github.com:${repositoryName}.git`,
    ...options,
    clock,
    env: { ...settingsFor(github), ...options.env },
    senders: [
      {
        faults: github.faults,
        get unknown() {
          return github.requests.filter(({ name }) => name === null).map(({ method, path }) => `${method} ${path}`);
        },
        outbox: github.outbox,
        connect: (url) => github.connect({ url: `${url}${githubPath}`, secret: githubSecret }),
        deliver: () => github.deliver(),
        stop: () => github.stop(),
      },
      ...(options.senders ?? []),
    ],
  });
  looked.set(github, github.requests.length);
  return Object.assign(bot, { github, repository });
}

/** The settings of the GitHub part. Its addresses are those of github.com, although the API is here. */
export function settingsFor(github: Pick<Github, "url">): Record<string, string> {
  return {
    APP_ID: String(appId),
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: githubSecret,
    GITHUB_API_URL: github.url,
    GHE_HOST: "github.com",
  };
}

function setUp(github: Github, isPrivate: boolean): Repository {
  github.account("ada", { name: "Ada Lovelace", email: "ada@example.com" });
  github.account("grace", { name: "Grace Hopper", email: "grace@example.com" });
  github.account("bob", { name: "Bob", email: "bob@example.com" });
  const repository = github.repository(repositoryName, { private: isPrivate });
  repository.commit({ message: "Begin", author: "grace", files: { "README.md": "# Payments\n" } });
  for (const login of ["ada", "grace"]) repository.permit(login, "write");
  repository.permit("bob", "read");
  github.install("acme");
  return repository;
}

const looked = new WeakMap<Github, number>();
/** What GitHub's API was asked since the last look; tokens apart. */
export function askedGithub({ github }: Pick<GithubBot, "github">): string[] {
  const from = looked.get(github) ?? 0;
  looked.set(github, github.requests.length);
  return github.requests
    .slice(from)
    .filter(({ name }) => name !== "apps.createInstallationAccessToken")
    .map(({ name, path, status }) => `${name ?? path} ${status}`);
}
