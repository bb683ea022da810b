import { describe, expect, it } from "vitest";
import { checkMessage } from "../../../sandbox/slack/block-kit.ts";
import type { AlertState } from "../../../src/domain/alert.ts";
import { JobId } from "../../../src/domain/ids.ts";
import { alertMessage, plainAlertMessage } from "../../../src/slack/messages/alert.ts";
import { read } from "./reading.ts";
import { brokeAt, build, cause, failing, fixed, hour, triggerCause, verdict, view } from "./samples.ts";

function shown(alert: AlertState, previousUrl: string | null = null): string {
  const message = alertMessage(view(alert), { previousUrl });
  expect(checkMessage(message, "chat.update")).toEqual([]);
  return read(message);
}

describe("the alert of a red branch", () => {
  it("opens while the build still runs", () => {
    const early = verdict([cause(":rspec: Specs", { kind: "promised", exitStatus: null })], { outcome: "failing" });
    expect(shown(failing({ verdict: early }))).toMatchInlineSnapshot(`
      "[Build #1042 is failing on main · Payments API: Specs. Author Ada Lovelace.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> is failing on \`main\`* · Payments API

      {Rebuild}
      ----
      *Broken*
      1 of 14 jobs so far

      *Change*
      <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9> Round amounts half-even

      *Author*
      Ada Lovelace

      *Failing since*
      <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>
      ----
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs> announced its failure, still running
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>  ·  <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|Commit>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [View log]"
    `);
  });

  it("names the job, the change and its author", () => {
    const alert = failing({ verdict: verdict([cause(":rspec: Specs")]) });
    expect(shown(alert)).toMatchInlineSnapshot(`
      "[Build #1042 failed on main · Payments API: Specs. Author Ada Lovelace.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> failed on \`main\`* · Payments API

      {Rebuild}
      ----
      *Broken*
      1 of 14 jobs

      *Change*
      <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9> Round amounts half-even

      *Author*
      Ada Lovelace

      *Failing since*
      <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>
      ----
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs> exit 1
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>  ·  <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|Commit>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [View log]"
    `);
  });

  it("links the pull request and does not name it twice", () => {
    const newest = build(1042, { title: "Round amounts half-even (#512)", pullRequest: 512 });
    expect(shown(failing({ newest }))).toContain(
      "Round amounts half-even · <https://github.com/acme-inc/payments-api/pull/512|#512>",
    );
  });

  it("tells a third red build from the one that began it", () => {
    const newest = build(1042, {
      commit: "9ab31c2f00",
      title: "Bump deps",
      person: "Grace Hopper",
      at: brokeAt + hour,
    });
    const alert = failing({ streak: 3, since: build(1040), newest });
    expect(shown(alert)).toMatchInlineSnapshot(`
      "[Build #1042 failed on main · Payments API: Specs, Lint. 3rd red build in a row. Red since #1040 by Ada Lovelace. Newest change by Grace Hopper.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> failed on \`main\`* · Payments API
      3rd red build in a row

      {Rebuild}
      ----
      *Broken*
      2 of 14 jobs

      *Newest change*
      <https://github.com/acme-inc/payments-api/commit/9ab31c2f00|9ab31c2> Bump deps
      by Grace Hopper

      *Failing since*
      <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>
      <https://buildkite.com/acme-inc/payments-api/builds/1040|#1040> (<https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9>) by Ada Lovelace
      ----
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rubocop: Lint> exit 1
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>  ·  <https://github.com/acme-inc/payments-api/commit/9ab31c2f00|Commit>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [View log]"
    `);
  });

  it("says at least, when the streak is older than the history", () => {
    const text = shown(failing({ streak: 200, streakTruncated: true, since: build(842) }));
    expect(text).toContain("200 or more red builds in a row");
    expect(text).toContain("UTC> or earlier\n");
  });

  it("says that the branch broke again, and where the previous alert is", () => {
    const alert = failing({ timesBroken: 2, streak: 2, since: build(1041) });
    expect(shown(alert, "https://acme.slack.com/archives/C0123/p1?thread_ts=1.2&cid=C0123")).toMatchInlineSnapshot(`
      "[Build #1042 failed on main · Payments API: Specs, Lint. Broke again (2nd time). 2nd red build in a row. Red since #1041 by Ada Lovelace. Newest change by Ada Lovelace.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> failed on \`main\`* · Payments API
      Broke again (2nd time) · 2nd red build in a row

      {Rebuild}
      ----
      *Broken*
      2 of 14 jobs

      *Newest change*
      <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9> Round amounts half-even
      by Ada Lovelace

      *Failing since*
      <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>
      <https://buildkite.com/acme-inc/payments-api/builds/1041|#1041> (<https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9>) by Ada Lovelace
      ----
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rubocop: Lint> exit 1
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>  ·  <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|Commit>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [View log]
      ----
      (<https://acme.slack.com/archives/C0123/p1?thread_ts=1.2&amp;cid=C0123|Previous alert>)"
    `);
  });

  it("lists five jobs and counts the others one by one", () => {
    const shards = { shards: [2, 3], shardsTotal: 4 };
    const names = ["Lint", "Types", "Docs", "Build", "Deploy"];
    const causes = [cause(":rspec: Specs", shards), ...names.map((name) => cause(name))];
    const alert = failing({ verdict: verdict(causes, { failedJobs: 12, totalJobs: 40, casualties: 5 }) });
    expect(shown(alert)).toMatchInlineSnapshot(`
      "[Build #1042 failed on main · Payments API: Specs, Lint, Types and 8 more. Author Ada Lovelace.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> failed on \`main\`* · Payments API

      {Rebuild}
      ----
      *Broken*
      12 of 40 jobs

      *Change*
      <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9> Round amounts half-even

      *Author*
      Ada Lovelace

      *Failing since*
      <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>
      ----
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs> exit 1 · shards 2, 3 of 4
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|Lint> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|Types> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|Docs> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|Build> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042|+6 more>
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>  ·  <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|Commit>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [View log]
      ----
      (5 jobs did not start because of it)"
    `);
  });

  it("admits that it does not know the jobs", () => {
    const unknown = verdict([], { failedJobs: 0, totalJobs: 0, jobsUnknown: true });
    expect(shown(failing({ verdict: unknown }))).toMatchInlineSnapshot(`
      "[Build #1042 failed on main · Payments API: which jobs failed is not known. Author Ada Lovelace.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> failed on \`main\`* · Payments API

      {Rebuild}
      ----
      *Broken*
      jobs unknown

      *Change*
      <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|4f8d2c9> Round amounts half-even

      *Author*
      Ada Lovelace

      *Failing since*
      <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>
      ----
      Which jobs failed is not known: Buildkite has not told Signalbox. <https://buildkite.com/acme-inc/payments-api/builds/1042|Open the build> to see them.
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>  ·  <https://github.com/acme-inc/payments-api/commit/4f8d2c9b7a6e5d4c3b2a1908f7e6d5c4b3a29180|Commit>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…]"
    `);
  });

  it("has a word for each way to fail", () => {
    const causes = [
      cause("Specs", { kind: "timedOut", exitStatus: null }),
      cause("Types", { kind: "expired", exitStatus: null }),
      cause("Lint", { kind: "agentLost", exitStatus: -1 }),
      cause("Docs", { kind: "canceled", exitStatus: null }),
      cause("Build", { exitStatus: null }),
    ];
    expect(causeLines(failing({ verdict: verdict(causes) }))).toMatchInlineSnapshot(`
      "• [Specs] timed out
      • [Types] was never picked up by an agent
      • [Lint] lost its agent
      • [Docs] was canceled
      • [Build] failed"
    `);
  });

  it("shows what failed behind a trigger step", () => {
    const causes = [
      triggerCause(":rocket: Deploy staging", "deploy", 64, ["smoke", "migrate"]),
      triggerCause("Publish", "publish", 7),
      triggerCause("Everything", "all", 8, ["a", "b", "c", "d", "e"]),
    ];
    const alert = failing({ verdict: verdict(causes) });
    expect(causeLines(alert)).toMatchInlineSnapshot(`
      "• [:rocket: Deploy staging] → [deploy #64]: smoke, migrate
      • [Publish] → [publish #7]
      • [Everything] → [all #8]: a, b, c and 2 more"
    `);
    expect(shown(alert)).not.toContain("View log");
  });

  it("names the shards, as long as they are few", () => {
    const causes = [
      cause("One", { shards: [2], shardsTotal: 4 }),
      cause("All", { shards: [1, 2, 3], shardsTotal: 3 }),
      cause("Many", { shards: [1, 2, 3, 5, 8, 13, 21, 34], shardsTotal: 40 }),
    ];
    expect(causeLines(failing({ verdict: verdict(causes) }))).toMatchInlineSnapshot(`
      "• [One] exit 1 · shard 2 of 4
      • [All] exit 1 · all 3 shards
      • [Many] exit 1 · shards 1, 2, 3, 5, 8, 13 and 2 more of 40"
    `);
  });

  it("says which job is known to be flaky", () => {
    const causes = [cause("Specs"), cause("Lint"), cause("constructor")];
    expect(causeLines(failing({ verdict: verdict(causes), flakes: { specs: 3 } }))).toMatchInlineSnapshot(`
      "• [Specs] exit 1 · passed on retry 3× before
      • [Lint] exit 1
      • [constructor] exit 1"
    `);
  });

  it("links the log of the first job that ran here", () => {
    const ran = cause("Lint", { jobId: JobId.parse("00000000-0000-4000-8000-000000000001") });
    const causes = [triggerCause("Deploy", "deploy", 64), cause("Types", { kind: "expired" }), ran];
    const message = alertMessage(view(failing({ verdict: verdict(causes) })), { previousUrl: null });
    const url = `https://buildkite.com/acme-inc/payments-api/builds/1042#${ran.jobId}`;
    expect(JSON.stringify(message)).toContain(`"text":"View log","emoji":true},"url":"${url}"`);
  });

  it("leaves out what nobody knows", () => {
    const bare = build(1042, { commit: null, title: "", person: null, at: 0 });
    const alert = failing({ repository: null, since: bare, newest: bare, pipelineName: " ", branch: "\u200b" });
    expect(shown(alert)).toMatchInlineSnapshot(`
      "[Build #1042 failed on an unnamed branch · payments-api: Specs, Lint.]
      ----
      :red_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> failed on an unnamed branch* · payments-api

      {Rebuild}
      ----
      *Broken*
      2 of 14 jobs

      *Change*
      no message
      ----
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rspec: Specs> exit 1
      • <https://buildkite.com/acme-inc/payments-api/builds/1042#e7ba7f14-bb2d-4db7-a08e-7102bc80423e|:rubocop: Lint> exit 1
      ----
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>
      ----
      [Acknowledge] [Rerun failed jobs] [Mute…] [View log]"
    `);
  });

  it("shows a tag in full, without an address that would lead nowhere", () => {
    const newest = build(1042, { commit: "v2026.09.21-rc1" });
    expect(shown(failing({ newest }))).toContain("*Change*\nv2026.09.21-rc1 Round amounts half-even\n");
  });
});

describe("the alert of a branch that is no longer red", () => {
  it("tells which build fixed it, by whom and after how long", () => {
    const fixer = build(1044, {
      commit: "9ab31c2f00",
      title: "Revert rounding",
      person: "Grace Hopper",
      pullRequest: 513,
    });
    const alert = fixed("build", fixer, { streak: 2, newest: build(1043) });
    expect(shown(alert)).toMatchInlineSnapshot(`
      "[main is green again · Payments API. Fixed by #1044 (Grace Hopper) after 43 min.]
      ----
      :large_green_circle: *\`main\` is green again* · Payments API
      Fixed by <https://buildkite.com/acme-inc/payments-api/builds/1044|#1044> after 43 min
      <https://github.com/acme-inc/payments-api/commit/9ab31c2f00|9ab31c2> Revert rounding · <https://github.com/acme-inc/payments-api/pull/513|#513> · Grace Hopper
      ----
      (Had failed: :rspec: Specs, :rubocop: Lint
      Was red since <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>: <https://buildkite.com/acme-inc/payments-api/builds/1042|#1042> to <https://buildkite.com/acme-inc/payments-api/builds/1043|#1043>, 2 builds in a row)"
    `);
  });

  it("tells that a retry passed, and which jobs needed it", () => {
    const passed = verdict([], { outcome: "passed", failedJobs: 0, recovered: [":rspec: Specs", "Lint"] });
    expect(shown(fixed("retry", build(1042), { verdict: passed }))).toMatchInlineSnapshot(`
      "[main is green again · Payments API. Build #1042 passed on retry after 43 min: Specs, Lint — possibly flaky.]
      ----
      :large_green_circle: *\`main\` is green again* · Payments API
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> passed on retry after 43 min: :rspec: Specs, Lint — possibly flaky
      ----
      (Was red since <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>: <https://buildkite.com/acme-inc/payments-api/builds/1042|#1042>)"
    `);
  });

  it("tells that the red build was withdrawn", () => {
    expect(shown(fixed("withdrawn", null))).toMatchInlineSnapshot(`
      "[Build #1042 was canceled before it finished · main · Payments API. Nothing newer is red.]
      ----
      :white_circle: *<https://buildkite.com/acme-inc/payments-api/builds/1042|Build #1042> was canceled before it finished* · \`main\` · Payments API
      Nothing newer is red
      ----
      (Had failed: :rspec: Specs, :rubocop: Lint
      Was red since <!date^1789984980^{date_short_pretty} {time}|2026-09-21 10:03 UTC>: <https://buildkite.com/acme-inc/payments-api/builds/1042|#1042>)"
    `);
  });
});

describe("the plain layout", () => {
  it("is one section that says the same", () => {
    const message = plainAlertMessage(view(failing()));
    expect(checkMessage(message, "chat.update")).toEqual([]);
    expect(read(message)).toMatchInlineSnapshot(`
      "[Build #1042 failed on main · Payments API: Specs, Lint. Author Ada Lovelace.]
      ----
      Build #1042 failed on main · Payments API: Specs, Lint. Author Ada Lovelace.
      <https://buildkite.com/acme-inc/payments-api/builds/1042|Open build>
      ----
      [Acknowledge]"
    `);
  });

  it("links the build that fixed the branch", () => {
    expect(read(plainAlertMessage(view(fixed("build", build(1044)))))).toContain("/builds/1044|Open build>");
  });
});

/** The list alone, without addresses. */
function causeLines(alert: AlertState): string {
  const list = shown(alert).split("\n----\n")[3] ?? "";
  return list.replace(/<[^|>]*\|([^>]*)>/g, "[$1]");
}
