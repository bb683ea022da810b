import { describe, expect, it } from "vitest";
import { githubRepository } from "../../src/domain/repository.ts";

describe("the repository on GitHub", () => {
  it.each([
    "git@github.com:acme/payments-api.git",
    "git@github.com:acme/payments-api",
    "ssh://git@github.com/acme/payments-api.git",
    "https://github.com/acme/payments-api.git",
    "https://github.com/acme/payments-api",
    "https://github.com/acme/payments-api/",
    "https://token@github.com/acme/payments-api.git",
    "https://user:token@github.com/acme/payments-api.git",
    "git://github.com/acme/payments-api.git",
  ])("is acme/payments-api for %s", (address) => {
    expect(githubRepository(address)).toBe("acme/payments-api");
  });

  it.each([
    ["https://github.com/acme/site.github.io.git", "acme/site.github.io"],
    ["git@github.com:acme/my.git.tools", "acme/my.git.tools"],
    ["git@github.com:Acme-Inc/_x_.git", "Acme-Inc/_x_"],
  ])("keeps the dots in a name: %s", (address, expected) => {
    expect(githubRepository(address)).toBe(expected);
  });

  it.each([
    null,
    "",
    "git@gitlab.com:acme/payments-api.git",
    "https://github.example.com/acme/payments-api",
    "https://github.com.evil.example/acme/payments-api",
    "https://github.com@evil.example/acme/payments-api",
    "https://evil.example/github.com/acme/payments-api",
    "git@evil.example:github.com/acme/payments-api",
    "https://github.com/acme",
    "https://github.com/acme/payments-api/tree/main",
    "https://github.com/acme/payments api",
    "https://github.com/acme/payments-api|<!channel>",
    "/srv/git/acme/payments-api.git",
    "javascript:alert(1)//github.com/acme/payments-api",
  ])("is none for %j", (address) => {
    expect(githubRepository(address)).toBeNull();
  });
});
