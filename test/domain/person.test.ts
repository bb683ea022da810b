import { describe, expect, it } from "vitest";
import type { Person } from "../../src/domain/build.ts";
import { authorsOf, GithubLogin, isBot, keysOf } from "../../src/domain/person.ts";

function person(given: Partial<Person>): Person {
  return { name: null, email: null, username: null, ...given };
}

function keys(given: Partial<Person>): readonly string[] {
  return keysOf(person(given)).map(({ kind, value }) => `${kind} ${value}`);
}

describe("a commit's author", () => {
  it.each<[string, Partial<Person>, readonly string[]]>([
    ["login, then address", { username: "ada", email: "ada@example.com" }, ["login ada", "email ada@example.com"]],
    ["in lower case", { username: "Ada", email: "Ada@Example.COM" }, ["login ada", "email ada@example.com"]],
    ["address alone", { email: " ada@example.com " }, ["email ada@example.com"]],
    ["new private address", { email: "123+Ada@users.noreply.github.com" }, ["login ada"]],
    ["old private address", { email: "ada@users.noreply.github.com" }, ["login ada"]],
    ["private address of a server", { email: "7+ada@users.noreply.git.example.com" }, ["login ada"]],
    ["login before private address", { username: "ada", email: "1+old@users.noreply.github.com" }, ["login ada"]],
    ["a managed user", { username: "ada_acme" }, ["login ada_acme"]],
    ["a username that is no login", { username: "Ada Lovelace", email: "a@b.co" }, ["email a@b.co"]],
    ["that and a private address", { username: "Ada L", email: "9+ada@users.noreply.github.com" }, ["login ada"]],
    ["only a name", { name: "Ada Lovelace" }, []],
    ["no address at all", { email: "ada" }, []],
    ["an address with a space", { email: "ada @example.com" }, []],
    ["an address that is too long", { email: `${"a".repeat(260)}@example.com` }, []],
    ["an address that nobody reads", { email: "noreply@example.com" }, []],
    ["a similar address that is somebody's", { email: "noreply-ada@example.com" }, ["email noreply-ada@example.com"]],
    ["a bot", { username: "dependabot[bot]", email: "49699333+dependabot[bot]@users.noreply.github.com" }, []],
  ])("is looked up by what is known: %s", (_, given, expected) => {
    expect(keys(given)).toEqual(expected);
  });

  it.each<Partial<Person>>([
    { username: "dependabot[bot]" },
    { name: "renovate[bot]", email: "29139614+renovate[bot]@users.noreply.github.com" },
    { email: "41898282+github-actions[bot]@users.noreply.github.com" },
    { name: "Renovate Bot", email: "bot@renovateapp.com" },
    { name: "GitHub Actions", email: "actions@github.com" },
    { name: "github-merge-queue", email: "118344674+github-merge-queue@users.noreply.github.com" },
    { username: "merge-queue" },
    { username: "Dependabot" },
    { name: "GitHub", email: "noreply@github.com" },
    { username: "acme-release[bot]" },
  ])("is a bot: %j", (given) => {
    expect(isBot(person(given))).toBe(true);
  });

  it.each<Partial<Person>>([
    {},
    { username: "ada", email: "ada@example.com", name: "Ada Lovelace" },
    { username: "abbot", name: "Abbot Costello" },
    { email: "robot@example.com" },
    { email: "12+botanist@users.noreply.github.com" },
  ])("is a person: %j", (given) => {
    expect(isBot(person(given))).toBe(false);
  });
});

describe("whose a build is", () => {
  const ada = person({ username: "ada" });
  const grace = person({ email: "grace@example.com" });
  const bot = person({ username: "renovate[bot]" });

  it.each<[string, Person | null, Person | null, readonly Person[]]>([
    ["the author's", ada, grace, [ada]],
    ["whoever merged, for a bot's commit", bot, grace, [grace]],
    ["whoever asked for it, when there is no author", null, grace, [grace]],
    ["nobody's, when bots did it all", bot, bot, []],
    ["nobody's, when nothing is known", null, null, []],
  ])("%s", (_, author, creator, expected) => {
    expect(authorsOf(author, creator)).toEqual(expected);
  });
});

describe("a GitHub login", () => {
  it.each(["ada", "Ada", " ada ", "a-d-a", "4ever", "ada_acme"])("may be %j", (text) => {
    expect(GithubLogin.parse(text)).toBe(text.trim().toLowerCase());
  });

  it.each(["", "-ada", "a da", "ada[bot]", "a".repeat(40), "ada@example.com", "<@U1>"])("is not %j", (text) => {
    expect(GithubLogin.safeParse(text).success).toBe(false);
  });
});
