import type { ModalView } from "@slack/types";
import { describe, expect, it } from "vitest";
import { checkView } from "../../../sandbox/slack/block-kit-view.ts";
import type { AlertState } from "../../../src/domain/alert.ts";
import { type MuteDialog, muteDialog } from "../../../src/slack/messages/mute-dialog.ts";
import { jobChoice, muteFields, muteScopeOf } from "../../../src/slack/messages/mute-fields.ts";
import { readMuteDialog } from "../../../src/slack/messages/read-mute-dialog.ts";
import { readView } from "./reading.ts";
import { brokeAt, cause, failing, hour, minute, verdict } from "./samples.ts";

const now = brokeAt;
const timeZone = "Europe/Berlin";

function dialog(alert: AlertState = failing(), changes: Partial<MuteDialog> = {}): ModalView {
  const view = muteDialog({ alert, channel: "C0123", from: "button", preview: null, timeZone, ...changes });
  expect(checkView(view, "modal")).toEqual([]);
  return view;
}

interface Filled {
  readonly scope?: string;
  readonly job?: string;
  readonly until?: string;
  readonly date?: number;
  readonly reason?: string;
}

function state({ scope = "job", job, until = "1h", date, reason }: Filled): unknown {
  const choice = (value: string | undefined) => ({ type: "static_select", selected_option: value ? { value } : null });
  return {
    [muteFields.scope]: { [muteFields.scope]: choice(scope) },
    ...(job && { [muteFields.job]: { [muteFields.job]: choice(job) } }),
    [muteFields.until]: { [muteFields.until]: choice(until) },
    [muteFields.date]: { x: { type: "datetimepicker", selected_date_time: date === undefined ? null : date / 1000 } },
    [muteFields.reason]: { x: { type: "plain_text_input", value: reason ?? null } },
  };
}

function submitted(filled: Filled, zone = timeZone): ReturnType<typeof readMuteDialog> {
  return readMuteDialog(state(filled), dialog(undefined, { timeZone: zone }).private_metadata ?? "", now);
}

describe("the mute dialog", () => {
  it("asks what, for how long and why, and suggests the smallest", () => {
    expect(readView(dialog())).toMatchInlineSnapshot(`
      "\`main\` · Payments API: :rspec: Specs, :rubocop: Lint
      ----
      What: {This job on this branch | This job on every branch | The whole pipeline on this branch}
      ----
      Job: {:rspec: Specs | :rubocop: Lint}
      ----
      For how long: {1 hour | 4 hours | Until tomorrow, 09:00 (Europe/Berlin) | 24 hours | 3 days | 7 days | Until it is fixed | Until a date (choose it below)}
      ----
      Or until this date and time: <datetimepicker> (optional)
      ----
      Why: <plain_text_input> (optional)
      ----
      (Counting what this would have hidden in the last 14 days…)"
    `);
    expect(JSON.stringify(dialog())).toContain('"initial_option":{"text":{"type":"plain_text","text":"1 hour"');
  });

  it("does not ask which job when there is one, and knows of none when none is known", () => {
    const one = failing({ verdict: verdict([cause("Specs")]) });
    expect(readView(dialog(one))).not.toContain("Job:");
    expect(readView(dialog(one))).toContain("This job on this branch");
    const none = failing({ verdict: verdict([], { jobsUnknown: true }) });
    expect(readView(dialog(none))).toContain("What: {The whole pipeline on this branch}");
  });

  it("says what each scope would have hidden, once it is counted", () => {
    const shown = readView(dialog(failing(), { preview: { job: 1, jobEverywhere: 3, branch: 7 } }));
    expect(shown.split("\n----\n").at(-1)).toBe(
      "(Would have hidden in the last 14 days\n:rspec: Specs on `main`: 1 alert · :rspec: Specs on every branch: 3 alerts · everything on `main`: 7 alerts)",
    );
  });

  it("keeps the names of its fields when it is updated, so that nothing typed is lost", () => {
    const ids = ({ blocks }: ModalView) => blocks.map(({ block_id }) => block_id);
    const counted = dialog(failing(), { preview: { job: 0, jobEverywhere: 0, branch: 0 } });
    expect(ids(counted)).toEqual(ids(dialog()));
  });

  it("fits, however long the jobs are called and however many there are", () => {
    const causes = Array.from({ length: 10 }, (_, index) => cause(`${index} ${"<!here> ".repeat(700)}`));
    dialog(failing({ branch: "x".repeat(5_000), verdict: verdict(causes, { failedJobs: 500 }) }));
  });
});

describe("a mute that was filled in", () => {
  it("is of the first job when nothing else is chosen, for an hour, without a reason", () => {
    expect(submitted({})).toEqual({
      kind: "mute",
      alert: "0123456789ab-1042",
      channel: "C0123",
      from: "button",
      scope: { kind: "job", job: jobChoice(":rspec: specs") },
      end: { kind: "at", at: now + hour },
      reason: null,
    });
  });

  it("finds the job again, also when it has passed meanwhile", () => {
    const scope = { kind: "jobEverywhere", job: jobChoice(":rubocop: lint") } as const;
    const expected = { kind: "jobEverywhere", pipeline: "payments-api", job: ":rubocop: lint" };
    expect(muteScopeOf(failing(), scope)).toEqual({ ...expected, name: ":rubocop: Lint" });
    const passed = failing({ verdict: verdict([cause("Specs")]), toldJobs: [":rubocop: lint"] });
    expect(muteScopeOf(passed, scope)).toEqual({ ...expected, name: ":rubocop: lint" });
    expect(muteScopeOf(failing(), { kind: "job", job: "0".repeat(16) })).toBeNull();
    expect(muteScopeOf(failing(), { kind: "job", job: jobChoice(":rspec: specs") })).toMatchObject({ branch: "main" });
    expect(muteScopeOf(failing(), { kind: "branch" })).toEqual({
      kind: "branch",
      pipeline: "payments-api",
      branch: "main",
    });
  });

  it.each([
    ["4h", now + 4 * hour],
    ["24h", now + 24 * hour],
    // 21 September, 12:03 in Berlin.
    ["until tomorrow", Date.UTC(2026, 8, 22, 7, 0)],
  ])("ends as chosen: %s", (until, at) => {
    expect(submitted({ until })).toMatchObject({ end: { kind: "at", at } });
  });

  it("may end with the fix", () => {
    expect(submitted({ until: "until fixed" })).toMatchObject({ end: { kind: "fixed" } });
  });

  it("takes a date for the end wherever there is one", () => {
    expect(submitted({ date: now + 2 * hour })).toMatchObject({ end: { kind: "at", at: now + 2 * hour } });
    expect(submitted({ until: "date", date: now + 2 * hour })).toMatchObject({ kind: "mute" });
  });

  it.each([
    ["that is over", { date: now - minute }, "mute.date", /past/],
    ["too far away", { date: now + 31 * 24 * hour }, "mute.date", /at most 30 days/],
    ["not there", { until: "date" }, "mute.date", /Choose the date/],
  ] as const)("is refused with a date %s", (_, filled, field, words) => {
    const answer = submitted(filled);
    expect(answer).toMatchObject({ kind: "errors", errors: { [field]: expect.stringMatching(words) } });
    expect(JSON.stringify(answer)).not.toContain("`");
  });

  it.each([
    ["more than 24 hours", { until: "3d" }],
    ["a whole pipeline", { scope: "branch" }],
    ["a whole pipeline until it is fixed", { scope: "branch", until: "until fixed" }],
  ])("needs a reason for %s", (_, filled) => {
    expect(submitted(filled)).toMatchObject({ errors: { "mute.reason": expect.stringContaining("Say why") } });
    expect(submitted({ ...filled, reason: "  " })).toMatchObject({ kind: "errors" });
    expect(submitted({ ...filled, reason: " flaky " })).toMatchObject({ kind: "mute", reason: "flaky" });
  });

  it("has no reason that is too long", () => {
    expect(submitted({ reason: "x".repeat(501) })).toMatchObject({ errors: { "mute.reason": expect.anything() } });
  });

  it("says so when it does not know the time zone", () => {
    expect(submitted({ until: "until tomorrow" }, "Mars/Olympus")).toMatchObject({
      errors: { "mute.until": expect.stringContaining("time zone") },
    });
  });

  it("is out of date when it is not as we wrote it", () => {
    for (const metadata of ["", "{", "{}", "null"]) {
      expect(readMuteDialog(state({}), metadata, now)).toMatchObject({ kind: "errors" });
    }
    for (const values of [undefined, null, [], {}, { "mute.scope": 1 }, { "mute.scope": { x: 1 } }]) {
      expect(readMuteDialog(values, dialog().private_metadata ?? "", now)).toMatchObject({ kind: "errors" });
    }
  });
});
