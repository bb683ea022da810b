import { describe, expect, it } from "vitest";
import { commitUrl, compareUrl, messageUrl, pullRequestUrl } from "../../../src/slack/messages/links.ts";

const sha = "4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180";

describe("an address on GitHub", () => {
  it("needs a repository and a hash", () => {
    expect(commitUrl("acme/shop", sha)).toBe(`https://github.com/acme/shop/commit/${sha}`);
    expect(pullRequestUrl("acme/shop.js", 12)).toBe("https://github.com/acme/shop.js/pull/12");
    expect(commitUrl(null, sha)).toBeNull();
    expect(commitUrl("acme/shop", null)).toBeNull();
    expect(commitUrl("acme/shop", "v1.2")).toBeNull();
    expect(commitUrl("acme/shop", "deadbeef/../../x")).toBeNull();
  });

  it("is of the server that has the repository", () => {
    expect(commitUrl("acme/shop", sha, "git.acme.example")).toBe(`https://git.acme.example/acme/shop/commit/${sha}`);
    expect(pullRequestUrl("acme/shop", 12, "git.acme.example")).toBe("https://git.acme.example/acme/shop/pull/12");
    expect(pullRequestUrl("acme/shop", 12, "git.acme.example/x|")).toBeNull();
  });

  it("of a comparison needs two hashes", () => {
    expect(compareUrl("acme/shop", "abcdef0", sha)).toBe(`https://github.com/acme/shop/compare/abcdef0...${sha}`);
    expect(compareUrl("acme/shop", "main", sha)).toBeNull();
    expect(compareUrl(null, sha, sha)).toBeNull();
  });

  it.each(["acme", "acme/..", "acme/.", "acme/shop/x", "acme/shop?x", "acme/sh op", "acme/<x>", "/shop", "a.b/shop"])(
    "is not made of %s",
    (repository) => {
      expect(commitUrl(repository, sha)).toBeNull();
      expect(pullRequestUrl(repository, 1)).toBeNull();
    },
  );
});

describe("an address of a message", () => {
  it("is Slack's permalink as it is", () => {
    const url = "https://acme.slack.com/archives/C0123/p1?thread_ts=1.2&cid=C0123";
    expect(messageUrl(url)).toBe(url);
  });

  it.each([null, "", "javascript:alert(1)", "https://a|b", "https://a>b", "https://a b", `https://${"a".repeat(600)}`])(
    "is nothing else: %s",
    (url) => {
      expect(messageUrl(url)).toBeNull();
    },
  );
});
