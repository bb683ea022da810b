import { describe, expect, it } from "vitest";
import { startGithubClient } from "./github-client.ts";

describe("GraphQL of the GitHub stand-in", () => {
  it("finds who brought many commits with one request", async () => {
    await using started = await startGithubClient();
    const { github, graphql } = started;
    const repository = github.repository("acme/web");
    const pull = repository.pull({ title: "Round", author: "renovate[bot]" });
    const merged = repository.mergePull(pull, { method: "queue" });
    const message = "Fix\n\nCo-authored-by: Ada <ada@example.com>\nCo-authored-by: Eve <eve@nowhere>";
    const direct = repository.commit({ message, author: { name: "Grace", email: "g@nowhere" } });
    const { status, json } = await graphql(
      `query ($owner: String!, $name: String!, $n: Int = 5) {
        repository(owner: $owner, name: $name) {
          c0: object(oid: "${merged.sha}") { ...commit }
          c1: object(oid: "${direct.sha}") { ...commit }
          c2: object(oid: "${"0".repeat(40)}") { ...commit }
        }
      }
      # Fragments may come later.
      fragment commit on Commit {
        oid
        authors(first: $n) { nodes { name email user { login } } }
        associatedPullRequests(first: 2) {
          totalCount
          nodes {
            number title merged mergedAt baseRefName
            author { login __typename }
            mergedBy { login ... on Bot { databaseId } ... on User { name } }
            mergeCommit { oid }
            repository { nameWithOwner }
          }
        }
      }`,
      { owner: "acme", name: "web" },
    );
    expect(status).toBe(200);
    expect(json.errors).toBeUndefined();
    const { c0, c1, c2 } = json.data.repository;
    expect(c0.associatedPullRequests).toEqual({
      totalCount: 1,
      nodes: [
        {
          number: 1,
          title: "Round",
          merged: true,
          mergedAt: "2026-09-21T10:00:00Z",
          baseRefName: "main",
          author: { login: "renovate", __typename: "Bot" },
          mergedBy: { login: "github-merge-queue", databaseId: expect.any(Number) },
          mergeCommit: { oid: merged.sha },
          repository: { nameWithOwner: "acme/web" },
        },
      ],
    });
    // An app is no user.
    expect(c0.authors.nodes).toEqual([{ name: "renovate[bot]", email: "renovate@example.com", user: null }]);
    expect(c1.associatedPullRequests.nodes).toEqual([]);
    expect(c1.authors.nodes).toEqual([
      { name: "Grace", email: "g@nowhere", user: null },
      { name: "Ada", email: "ada@example.com", user: { login: "ada" } },
      { name: "Eve", email: "eve@nowhere", user: null },
    ]);
    expect(c2).toBeNull();
  });

  it("says what is wrong with a query, and then runs nothing of it", async () => {
    await using started = await startGithubClient();
    const { graphql } = started;
    const problem = async (query: string) => {
      const { status, json } = await graphql(query);
      expect(status).toBe(200);
      return [json.data, json.errors?.map(({ message }: { message: string }) => message).join("; ")];
    };
    expect(await problem(`{ repository(owner: "acme", name: "web") { name stars } }`)).toEqual([
      undefined,
      "Field 'stars' doesn't exist on type 'Repository'",
    ]);
    expect(await problem(`{ repository(owner: "acme", id: 1) { name } }`)).toEqual([
      undefined,
      "Field 'repository' doesn't accept argument 'id'",
    ]);
    expect(await problem(`{ repository(owner: "acme", name: "web") { owner } }`)).toEqual([
      undefined,
      "Field must have selections (field 'owner' returns Actor but has no selections.)",
    ]);
    expect(
      await problem(
        `{ repository(owner: "acme", name: "web") { object(expression: "main") { ... on User { login } } } }`,
      ),
    ).toEqual([undefined, "Fragment on User can't be spread inside GitObject"]);
    expect(await problem("{ repository(")).toEqual([undefined, "Parse error on end of file (end)"]);
    expect(await problem(`query ($n: Int!) { rateLimit { cost } }`)).toEqual([
      undefined,
      "Variable $n was provided invalid value",
    ]);
  });

  it("leaves out what failed, and goes on", async () => {
    await using started = await startGithubClient({ permissions: { metadata: "read", contents: "read" } });
    const { github, graphql } = started;
    github.repository("other/web");
    const { json } = await graphql(`{
      none: repository(owner: "other", name: "web") { name }
      web: repository(owner: "acme", name: "web") {
        name
        object(expression: "main") {
          ... on Commit { message a: authors { totalCount } b: associatedPullRequests(first: 1) { totalCount } }
        }
        broken: object(oid: "main") { __typename }
        skipped: name @skip(if: true)
      }
    }`);
    expect(json.data).toEqual({
      none: null,
      web: { name: "web", object: { message: "Begin", a: null, b: null }, broken: null },
    });
    expect(json.errors.map(({ type, path }: { type: string; path: string[] }) => `${type} ${path.join(".")}`)).toEqual([
      "NOT_FOUND none",
      "MISSING_PAGINATION_BOUNDARIES web.object.a",
      "FORBIDDEN web.object.b",
      "argumentLiteralsIncompatible web.broken",
    ]);
  });

  it("refuses in its own way", async () => {
    await using started = await startGithubClient({ requestsPerHour: 2 });
    const { github, graphql } = started;
    github.faults.next("graphql", { kind: "error", error: "Something went wrong while executing your query." });
    expect((await graphql("{ rateLimit { cost } }")).json).toEqual({
      data: null,
      errors: [{ message: "Something went wrong while executing your query." }],
    });
    for (let request = 0; request < 2; request += 1) {
      expect((await graphql("{ rateLimit { cost } }")).json.errors).toBeUndefined();
    }
    expect(await graphql("{ rateLimit { cost } }")).toMatchObject({
      status: 200,
      json: { errors: [{ type: "RATE_LIMIT", code: "graphql_rate_limit" }] },
    });
  });
});
