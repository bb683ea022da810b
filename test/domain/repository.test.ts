import { describe, expect, it } from "vitest";
import { githubRepository, githubRepositoryRef, repositoryHome } from "../../src/domain/repository.ts";

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
    "git@github.com.evil.example:acme/payments-api.git",
    "https://evil.example:443@github.com.evil.example/acme/payments-api",
    "github.com:acme/payments-api.git",
  ])("is none for %j", (address) => {
    expect(githubRepository(address)).toBeNull();
  });
});

describe("the repository that the app is asked about", () => {
  it.each([
    ["git@github.com:acme/payments-api.git", "github.com"],
    ["git@GitHub.com:Acme/Payments-API.git", "github.com"],
    ["org-4711@github.com:acme/payments-api.git", "github.com"],
    ["ssh://git@github.com/acme/payments-api", "github.com"],
    ["https://x-access-token:secret@github.com/Acme/payments-api.git", "github.com"],
    ["https://github.com/acme/payments-api/", "GITHUB.com"],
    ["git@git.acme.example:acme/payments-api.git", "git.acme.example"],
    ["ssh://git@git.acme.example:2222/acme/payments-api.git", "git.acme.example"],
    ["https://git.acme.example:8443/Acme/Payments-API", "git.acme.example"],
    ["http://127.0.0.1:4000/acme/payments-api.git", "127.0.0.1"],
  ])("is %s on %s, in lower case", (address, host) => {
    expect(githubRepositoryRef(address, host)).toEqual({ organization: "acme", repository: "payments-api" });
  });

  it.each([
    [null, "github.com"],
    ["git@github.com:acme/payments-api.git", "git.acme.example"],
    ["git@git.acme.example:acme/payments-api.git", "github.com"],
    ["https://git.acme.example.evil.example/acme/payments-api", "git.acme.example"],
    ["https://git.acme.example@evil.example/acme/payments-api", "git.acme.example"],
    ["https://git-acme.example/acme/payments-api", "git.acme.example"],
    ["git@github.com:acme/..", "github.com"],
    ["git@github.com:-acme/payments-api", "github.com"],
    ["git@github.com:acme/team/payments-api", "github.com"],
  ])("is not %s on %s", (address, host) => {
    expect(githubRepositoryRef(address, host)).toBeNull();
  });
});

describe("where people see a repository", () => {
  it.each([
    ["git@git.acme.example:Acme/web.git", "git.acme.example", { host: "git.acme.example", repository: "Acme/web" }],
    ["git@github.com:acme/web.git", "git.acme.example", { host: "github.com", repository: "acme/web" }],
    ["git@github.com:acme/web.git", null, { host: "github.com", repository: "acme/web" }],
    ["git@git.acme.example:acme/web.git", null, null],
  ])("of %s, with the app on %s", (address, host, expected) => {
    expect(repositoryHome(address, host)).toEqual(expected);
  });
});
