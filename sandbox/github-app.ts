/** GitHub with the team's repository, on which the App is installed. */
import { generateKeyPairSync } from "node:crypto";
import type { Clock } from "../src/clock.ts";
import { eventPermissions, permissions } from "../src/github/manifest.ts";
import { people, repositoryName } from "./cast.ts";
import { type Github, startGithub } from "./github/index.ts";
import type { Repository } from "./github/repository.ts";

const appId = 29_310;
const secret = "sandbox-github-secret";

export interface GithubApp {
  readonly github: Github;
  readonly repository: Repository;
  /** The bot's settings. Its addresses are those of github.com, although the API is here. */
  readonly env: Readonly<Record<string, string>>;
  /** @param url Of the bot. */
  connect(url: string): void;
}

/** The App may do, and is told, what `app.yml` asks for, and no more. */
export async function startGithubApp(clock: Clock): Promise<GithubApp> {
  const { privateKey: key } = generateKeyPairSync("rsa", {
    modulusLength: 2048,
    publicKeyEncoding: { type: "spki", format: "pem" },
    privateKeyEncoding: { type: "pkcs8", format: "pem" },
  });
  const github = await startGithub({ clock, appId, key, permissions, events: Object.keys(eventPermissions) });
  return {
    github,
    repository: setUp(github),
    env: {
      APP_ID: String(appId),
      PRIVATE_KEY: key,
      WEBHOOK_SECRET: secret,
      GITHUB_API_URL: github.url,
      GHE_HOST: "github.com",
    },
    connect: (url) => github.connect({ url: `${url}/github/webhooks`, secret }),
  };
}

/** Everybody may write. */
function setUp(github: Github): Repository {
  const repository = github.repository(repositoryName, { private: true });
  for (const { name, realName, email } of people) {
    github.account(name, { name: realName, email });
    repository.permit(name, "write");
  }
  repository.commit({ message: "Begin", author: "ada" });
  const [owner = ""] = repositoryName.split("/");
  github.install(owner);
  return repository;
}
