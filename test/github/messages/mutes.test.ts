/** Mutes as GitHub is told of them: what people wrote in Slack, and the operator in their file, stays there. */
import { describe, expect, it } from "vitest";
import type { AnyMute } from "../../../src/domain/file-mute.ts";
import { MuteId, SlackUser } from "../../../src/domain/ids.ts";
import type { Mute, MuteScope } from "../../../src/domain/mute.ts";
import { GithubLogin } from "../../../src/domain/person.ts";
import { policyFiles } from "../../../src/domain/policy.ts";
import { mutedTerms, muteLine } from "../../../src/github/messages/mutes.ts";
import { muteLine as slackLine } from "../../../src/slack/messages/rows.ts";
import { hour } from "../../harness/clock.ts";
import { at, begin, organization, pipeline } from "../../harness/facts.ts";

const scope: MuteScope = { kind: "job", pipeline, branch: "main", job: "Lint", name: "Lint" };
const ada = { login: GithubLogin.parse("ada") };
const cyd = { user: SlackUser.parse("U0CYD"), name: "Cyd" };

function mute(over: Partial<Mute>): Mute {
  const id = MuteId.parse("0123456789");
  const until = at(4 * hour);
  return {
    id,
    organization,
    scope,
    by: ada,
    at: begin,
    until,
    reason: "too *slow*",
    alert: null,
    ended: null,
    ...over,
  };
}

function fileMute(file: "operator" | "repository", until: number | null): AnyMute {
  const source = { file: policyFiles[file], line: 7 };
  return { scope, at: begin, until, reason: "see #512", ended: null, source };
}

describe("a mute", () => {
  it.each<[string, AnyMute, terms: string, line: string]>([
    [
      "of GitHub",
      mute({}),
      "muted by ada until 2026-09-21 14:00 UTC",
      "- Lint is muted by ada until 2026-09-21 14:00 UTC: too \\*slow\\*",
    ],
    [
      "of Slack",
      mute({ by: cyd, until: null }),
      "muted until it is fixed (from Slack)",
      "- Lint is muted until it is fixed (from Slack)",
    ],
    [
      "of the operator's file",
      fileMute("operator", at(hour)),
      "muted until 2026-09-21 11:00 UTC",
      "- Lint is muted until 2026-09-21 11:00 UTC",
    ],
    ["of the operator's file, for ever", fileMute("operator", null), "never alerts", "- Lint never alerts"],
    [
      "of the repository's file",
      fileMute("repository", at(hour)),
      "muted by `.github/signalbox.yml` until 2026-09-21 11:00 UTC",
      "- Lint is muted until 2026-09-21 11:00 UTC by `.github/signalbox.yml`, line 7: see #\u2060512",
    ],
    [
      "of the repository's file, for ever",
      fileMute("repository", null),
      "never alerts, by `.github/signalbox.yml`",
      "- Lint never alerts, by `.github/signalbox.yml`, line 7",
    ],
  ])("%s", (_, of, terms, line) => {
    expect(mutedTerms(of).markdown).toBe(terms);
    expect(muteLine(of).markdown).toBe(line);
  });

  it("names the key of a job that is called otherwise, on GitHub and in Slack", () => {
    const disguised = mute({ scope: { ...scope, job: "deploy`prod" } });
    expect(muteLine(disguised).markdown).toContain("- Lint (``deploy`prod``) is muted");
    expect(slackLine(disguised).mrkdwn).toContain("*Lint* on `main` of payments-api, key `deploy");
    expect(slackLine(mute({})).mrkdwn).not.toContain("key");
  });
});
