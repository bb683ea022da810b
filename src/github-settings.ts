/** The settings of the GitHub App, by the names that Probot gave them. */
import { createPrivateKey } from "node:crypto";
import { z } from "zod";

export interface GithubSettings {
  readonly appId: number;
  /** PEM, PKCS#8. */
  readonly privateKey: string;
  /** More than one while it is being replaced. */
  readonly webhookSecrets: readonly string[];
  readonly apiUrl: string;
  /** Of the addresses of repositories: `github.com`, or that of a GitHub Enterprise Server. */
  readonly host: string;
}

/** Where the app can be made while there is none. */
export interface GithubAddress extends Pick<GithubSettings, "apiUrl"> {
  /** Of the pages. */
  readonly webUrl: string;
}

type Given = Readonly<Record<string, string | undefined>>;

const list = (value: string): string[] =>
  value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "");

/** What PRIVATE_KEY and the file of PRIVATE_KEY_PATH must hold. */
const notAKey = "holds no RSA private key; use the whole .pem file that GitHub made for the app, or its base64";

const notAnAddress = "GITHUB_API_URL is not an http(s) address; leave it out for https://api.github.com";

export const githubSettings = {
  APP_ID: z.coerce
    .number({ error: "APP_ID is not a number; use the App ID on the GitHub App's page" })
    .refine((id) => Number.isSafeInteger(id) && id > 0, "APP_ID is not an id; use the App ID on the GitHub App's page")
    .optional(),
  PRIVATE_KEY: z
    .string()
    .transform(readPrivateKey)
    .refine((key) => key !== null, `PRIVATE_KEY ${notAKey}`)
    .optional(),
  PRIVATE_KEY_PATH: z.string().optional(),
  WEBHOOK_SECRET: z
    .string()
    .transform(list)
    .refine(
      (secrets) => secrets.length > 0,
      "WEBHOOK_SECRET names no secret; set it to the secret of the GitHub App's webhook",
    )
    .optional(),
  GITHUB_API_URL: z.string().refine(isAddress, notAnAddress).optional(),
  GHE_HOST: z
    .string()
    .toLowerCase()
    .regex(/^[a-z0-9.-]+(?::\d{1,5})?$/, "GHE_HOST is not a host; use the one of your GitHub Enterprise Server")
    .optional(),
  GHE_PROTOCOL: z.enum(["http", "https"], { error: "GHE_PROTOCOL is neither http nor https" }).default("https"),
};
const Environment = z.object(githubSettings);

/**
 * @param given The environment, blank variables left out.
 * @param keyFile What PRIVATE_KEY_PATH names; null when it was not read.
 * @returns no settings when the GitHub part is off; the mistakes beside those of the schema.
 */
export function readGithubSettings(
  given: Given,
  keyFile: string | null | Error,
): {
  readonly settings: GithubSettings | null;
  /** null when there is an app, or a mistake. */
  readonly setup: GithubAddress | null;
  readonly mistakes: readonly string[];
} {
  const env = Environment.safeParse(given);
  const named = ["APP_ID", "PRIVATE_KEY", "PRIVATE_KEY_PATH", "WEBHOOK_SECRET"].filter((name) => given[name]);
  if (named.length === 0) return { settings: null, setup: env.success ? pagesOf(env.data) : null, mistakes: [] };
  const mistakes: string[] = [];
  const missing = (name: string, where: string): void => {
    mistakes.push(`${name} is missing; set it to ${where}, or leave out ${named.join(" and ")}`);
  };
  if (given.APP_ID === undefined) missing("APP_ID", "the App ID on the GitHub App's page");
  if (given.WEBHOOK_SECRET === undefined) missing("WEBHOOK_SECRET", "the secret of the GitHub App's webhook");
  if (given.PRIVATE_KEY === undefined && given.PRIVATE_KEY_PATH === undefined) {
    missing("PRIVATE_KEY", "the private key of the GitHub App (or PRIVATE_KEY_PATH to its file)");
  }
  // As Probot does it: the key itself goes before the path to one.
  const fromFile = given.PRIVATE_KEY === undefined && given.PRIVATE_KEY_PATH !== undefined;
  if (fromFile && keyFile instanceof Error) mistakes.push(keyFile.message);
  const fileKey = fromFile && typeof keyFile === "string" ? readPrivateKey(keyFile) : null;
  if (fromFile && typeof keyFile === "string" && fileKey === null) {
    mistakes.push(`PRIVATE_KEY_PATH names a file that ${notAKey}`);
  }

  const off = { settings: null, setup: null, mistakes };
  if (!env.success) return off;
  const { APP_ID: appId, PRIVATE_KEY: key, WEBHOOK_SECRET: webhookSecrets } = env.data;
  const privateKey = key ?? fileKey;
  if (appId === undefined || webhookSecrets === undefined || privateKey === null) return off;
  return { ...off, settings: { appId, privateKey, webhookSecrets, ...addressOf(env.data) } };
}

function pagesOf(env: z.infer<typeof Environment>): GithubAddress {
  const { apiUrl, host } = addressOf(env);
  // A server that was named by its address alone has its pages on the same port.
  const { protocol, port } =
    env.GHE_HOST === undefined ? new URL(apiUrl) : { protocol: `${env.GHE_PROTOCOL}:`, port: "" };
  const webHost = env.GHE_HOST ?? (port === "" ? host : `${host}:${port}`);
  return { apiUrl, webUrl: `${protocol}//${webHost}` };
}

/** Credentials in an address would end up in errors, and a query in the middle of every request. */
function isAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.username + url.password + url.search + url.hash === "";
}

/** A host alone says where its API is; an address alone says, by GitHub's conventions, which host it belongs to. */
function addressOf(env: z.infer<typeof Environment>): Pick<GithubSettings, "apiUrl" | "host"> {
  const { GITHUB_API_URL: given, GHE_HOST: host, GHE_PROTOCOL: protocol } = env;
  const usual = host === undefined ? "https://api.github.com" : `${protocol}://${host}/api/v3`;
  const apiUrl = (given ?? usual).replace(/\/+$/, "");
  return { apiUrl, host: (host ?? new URL(apiUrl).hostname.replace(/^api\./, "")).replace(/:\d+$/, "") };
}

const inOneLine = /^(-----BEGIN ([A-Z ]+)-----)\s*([A-Za-z0-9+/=\s]+?)\s*(-----END \2-----)$/;

/** Of a variable, where line breaks are often spelled `\n`, lost, or hidden in base64. @returns null: there is none. */
function readPrivateKey(text: string): string | null {
  const decoded = text.includes("-----BEGIN") ? text : Buffer.from(text, "base64").toString("utf8");
  const pem = decoded.replaceAll("\\n", "\n").replaceAll("\r", "").trim();
  const [, begin = "", , body = "", end = ""] = inOneLine.exec(pem) ?? [];
  try {
    const key = createPrivateKey([begin, body.replace(/\s+/g, ""), end].join("\n"));
    return key.asymmetricKeyType === "rsa" ? key.export({ type: "pkcs8", format: "pem" }).toString() : null;
  } catch {
    // Node's error would say what is in it.
    return null;
  }
}
