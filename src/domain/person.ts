/**
 * People as the two sides know them: commits and builds name a person by GitHub login and e-mail address, Slack by its
 * own id. Names are shown and never compared: two people may have the same.
 */
import { z } from "zod";
import type { Person } from "./build.ts";
import { SlackUser } from "./ids.ts";

/** In lower case: GitHub takes `Ada` and `ada` for the same. Managed users' logins end in `_` and their company. */
export const GithubLogin = z
  .string()
  .trim()
  .toLowerCase()
  .regex(/^[a-z0-9][a-z0-9_-]{0,38}$/, "not a GitHub login")
  .brand<"GithubLogin">();
export type GithubLogin = z.infer<typeof GithubLogin>;

/** What a person may be looked up under. */
export type PersonKey =
  | { readonly kind: "login"; readonly value: GithubLogin }
  | { readonly kind: "email"; readonly value: string };

/** A member of Slack, or somebody whom Slack lets us see. */
export const SlackPerson = z.object({
  id: SlackUser,
  /** What Slack shows beside their messages. */
  name: z.string(),
  /** As Slack names it; not each is known everywhere. */
  timeZone: z.string().nullable(),
  isBot: z.boolean(),
  isGuest: z.boolean(),
  /** Deactivated. */
  deleted: z.boolean(),
  /** Shares no channel with us, and is of another workspace. */
  stranger: z.boolean(),
  /** The workspaces they belong to: several in an Enterprise Grid; empty when Slack does not say. */
  teams: z.array(z.string()).readonly(),
});
export type SlackPerson = Readonly<z.infer<typeof SlackPerson>>;

const longestAddress = 254;
const addressShape = /^[^\s@]+@[^\s@]+$/;
/** `login@…` is what GitHub gave until 2017, `id+login@…` since. A GitHub Enterprise Server has its own host after it. */
const privateAddress = /^(?:\d+\+)?([^@+]+)@users\.noreply\.[^\s@]+$/;
const nobodysAddress = /^(?:noreply|no-reply|donotreply)@/;

const botLogins = new Set([
  "actions-user",
  "bors",
  "dependabot",
  "dependabot-preview",
  "github-actions",
  "github-merge-queue",
  "merge-queue",
  "mergify",
  "renovate",
  "renovate-bot",
  "web-flow",
]);
const botAddresses = new Set([
  "actions@github.com",
  "bot@renovateapp.com",
  "dependabot@github.com",
  "github-actions@github.com",
  "noreply@github.com",
  "renovate@whitesourcesoftware.com",
  "support@dependabot.com",
]);

/** Where to look for a person, in this order. Empty for a bot, and for somebody of whom only the name is known. */
export function keysOf(person: Person): readonly PersonKey[] {
  if (isBot(person)) return [];
  const email = addressOf(person);
  const login = GithubLogin.safeParse(person.username ?? "").data ?? loginIn(email);
  return [
    ...(login === null ? [] : [{ kind: "login", value: login } as const]),
    ...(email === null || privateAddress.test(email) || nobodysAddress.test(email)
      ? []
      : [{ kind: "email", value: email } as const]),
  ];
}

export function isBot(person: Person): boolean {
  const email = addressOf(person);
  const names = [person.username, person.name, privateAddress.exec(email ?? "")?.[1]];
  return names.some(isBotName) || (email !== null && (botAddresses.has(email) || email.includes("[bot]@")));
}

/**
 * Whose a build is: the author of its commit, or when that is a bot the person who merged it or asked for the build. Not
 * both: whoever started the build of a person's commit has not written it.
 */
export function authorsOf(author: Person | null, creator: Person | null): readonly Person[] {
  return [author, creator].flatMap((person) => (person === null || isBot(person) ? [] : [person])).slice(0, 1);
}

function isBotName(name: string | null | undefined): boolean {
  const word = (name ?? "").trim().toLowerCase().replaceAll(" ", "-");
  return word.endsWith("[bot]") || botLogins.has(word);
}

function addressOf({ email }: Person): string | null {
  const address = (email ?? "").trim().toLowerCase();
  return address.length <= longestAddress && addressShape.test(address) ? address : null;
}

function loginIn(email: string | null): GithubLogin | null {
  return GithubLogin.safeParse(privateAddress.exec(email ?? "")?.[1]).data ?? null;
}
