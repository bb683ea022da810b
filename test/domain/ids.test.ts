import { describe, expect, it } from "vitest";
import {
  AlertId,
  buildRefFromUrl,
  Channel,
  isJobId,
  isOrganization,
  isPipeline,
  JobId,
  Organization,
  Pipeline,
} from "../../src/domain/ids.ts";

describe("a slug", () => {
  it.each(["acme", "a", "payments-api", "Acme_Inc", "v1.2", "0", "a".repeat(120)])("may be %j", (slug) => {
    expect(Organization.parse(slug)).toBe(slug);
    expect(Pipeline.parse(slug)).toBe(slug);
    expect([isOrganization(slug), isPipeline(slug)]).toEqual([true, true]);
  });

  it.each(["", "-a", "a-", ".", "..", "a/b", "a b", "a:b", "a{b}", "a|b", "a%2fb", "é", "a\n", "a".repeat(121)])(
    "may not be %j",
    (slug) => {
      expect(Organization.safeParse(slug).success).toBe(false);
      expect(Pipeline.safeParse(slug).success).toBe(false);
      expect([isOrganization(slug), isPipeline(slug)]).toEqual([false, false]);
    },
  );
});

describe("an id", () => {
  it("of a job is a UUID as Buildkite writes it", () => {
    expect(JobId.safeParse("0190046e-e199-453b-a302-a21a4d649d31").success).toBe(true);
    expect(JobId.safeParse("0190046E-E199").success).toBe(true);
    expect(isJobId("0190046E-E199")).toBe(true);
    for (const id of ["", "g", "a/b", "a\n", ">a", "<a", "a".repeat(65)]) {
      expect(JobId.safeParse(id).success, id).toBe(false);
      expect(isJobId(id), id).toBe(false);
    }
  });

  it.each([undefined, null, 7, ["a"], { length: 1 }])("is never %j", (value) => {
    expect([isJobId(value), isOrganization(value), isPipeline(value)]).toEqual([false, false, false]);
  });

  it("of an alert is a hash and the first red build", () => {
    expect(AlertId.safeParse("0a1b2c3d4e5f-1042").success).toBe(true);
    for (const id of ["", "1042", "A-1", "a-", "-1", "a-1/b", "a-1\n"])
      expect(AlertId.safeParse(id).success, id).toBe(false);
  });
});

describe("a Slack channel", () => {
  it.each(["C0ALERTS", "D012ABC", "G012ABC", "#ci", "#ci-alerts", "#ci_é"])("may be %j", (channel) => {
    expect(Channel.parse(channel)).toBe(channel);
  });

  it.each(["", "ci-alerts", "c0alerts", "C", "U012ABC", "#", "#ci alerts", "##ci", "C0ALERTS\n"])(
    "may not be %j",
    (channel) => {
      expect(Channel.safeParse(channel).error?.issues[0]?.message).toBe(
        "not a Slack channel: use its id (C…), or #name",
      );
    },
  );
});

describe("the REST address of a build", () => {
  const path = "/v2/organizations/acme/pipelines/payments-api/builds/42";
  const expected = { organization: "acme", pipeline: "payments-api", number: 42 };

  it.each([
    `https://api.buildkite.com${path}`,
    `http://127.0.0.1:4000${path}`,
    `https://proxy.example.com/buildkite${path}`,
    `https://api.buildkite.com${path}/jobs/0190046e`,
    `https://api.buildkite.com${path}?include=x`,
    `https://api.buildkite.com${path}#job`,
  ])("names the build: %s", (url) => {
    expect(buildRefFromUrl(url)).toEqual(expected);
  });

  it.each([
    "",
    "https://buildkite.com/acme/payments-api/builds/42",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/payments-api/builds",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/payments-api/builds/0",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/payments-api/builds/-1",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/payments-api/builds/42abc",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/payments-api/builds/9999999999999",
    "https://api.buildkite.com/v2/organizations/../pipelines/payments-api/builds/42",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/a%2Fb/builds/42",
    "https://api.buildkite.com/v2/organizations/acme/pipelines/{x}/builds/42",
  ])("names none: %s", (url) => {
    expect(buildRefFromUrl(url)).toBeNull();
  });
});
