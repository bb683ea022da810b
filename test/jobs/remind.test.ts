import { describe, expect, it } from "vitest";
import type { Instant } from "../../src/clock.ts";
import { readConfig } from "../../src/config.ts";
import type { Handling } from "../../src/domain/handling.ts";
import { AlertId, MuteId, type Owner, SlackUser } from "../../src/domain/ids.ts";
import type { Mute } from "../../src/domain/mute.ts";
import { alertSlot } from "../../src/jobs/alert-slot.ts";
import { remind } from "../../src/jobs/remind.ts";
import { spell } from "../../src/jobs/subjects.ts";
import { Later } from "../../src/later.ts";
import { createMetrics } from "../../src/metrics.ts";
import { type SlackClient, SlackRefused } from "../../src/slack/client.ts";
import { createDeliverer } from "../../src/slack/deliver.ts";
import { type Alerts, createAlerts } from "../../src/state/alerts.ts";
import { createAudit } from "../../src/state/audit.ts";
import { createKeys } from "../../src/state/keys.ts";
import { createMutes } from "../../src/state/mutes.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import { createSlots } from "../../src/state/slots.ts";
import { watchBranch } from "../domain/watched-branch.ts";
import { FakeClock, hour, minute } from "../harness/clock.ts";
import { at, begin, mainBranch, organization } from "../harness/facts.ts";
import { TestLog } from "../harness/log.ts";
import { useRedis } from "../harness/redis.ts";

const redis = useRedis();
const ada = SlackUser.parse("U0ADA");
const grace = { user: SlackUser.parse("U0GRACE"), name: "Grace" };
const settings = {
  BUILDKITE_WEBHOOK_TOKEN: "t",
  SLACK_BOT_TOKEN: "xoxb-t",
  SLACK_SIGNING_SECRET: "t",
  SLACK_CHANNEL: "C0ALERTS",
};
const config = readConfig(settings, "owners: S0OWNERS");
/** Asked for only where the policy names nobody. */
const codeowners: readonly Owner[] = [];
const refusal = (code: string) => new SlackRefused("chat.postMessage", code, "");
const mention = { build: 1, how: "channel", late: false, declined: false } as const;
let worlds = 0;

/** An alert that opened at `begin`, in a real store; Slack is a list of what was posted. */
async function startWorld() {
  worlds += 1;
  const client = await redis.open();
  const scripts = loadScripts(client);
  const keys = createKeys(`remind${worlds}`);
  const clock = new FakeClock(begin);
  const log = new TestLog();
  const posted: string[] = [];
  const failures: Error[] = [];
  const no = async (): Promise<never> => {
    throw new Error("Cannot do that: reminding only posts");
  };
  const slack: SlackClient = {
    async post({ channel, text }) {
      const failure = failures.shift();
      if (failure !== undefined) throw failure;
      posted.push(`${channel}: ${text}`);
      return { channel: channel.replace(/^U/, "D"), ts: String(clock.now() / 1000) };
    },
    ...({ update: no, find: no, permalink: no, remove: no } as unknown as Omit<SlackClient, "post">),
  };
  const slots = createSlots(scripts, keys);
  const stored = createAlerts(client, scripts, keys);
  const mutes = createMutes(client, scripts, keys);
  const audit = createAudit(client, keys);
  const fired: string[] = [];
  const nexts: number[] = [];
  let disturb: (() => Promise<void>) | null = null;
  const alerts: Alerts = {
    ...stored,
    async noteIds(...args) {
      await disturb?.();
      return stored.noteIds(...args);
    },
  };
  const tools = {
    clock,
    people: { notify: async () => "channel" as const },
    policies: { ofAlert: async () => config.policy, ownersOf: async () => codeowners },
    alerts,
    mutes,
    slots,
    slack,
    deliverer: createDeliverer({ slack, slots, clock, metrics: createMetrics(), log: log.logger, leaseMs: 2000 }),
    fire: async (marks: readonly { readonly subject: string }[]) => {
      fired.push(...marks.map(({ subject }) => subject));
    },
    triggerAt: async (_kind: string, _subject: object, when: number) => {
      nexts.push(when - begin);
    },
  };
  const state = watchBranch().hasSeen({ number: 1, color: "red", redAt: begin, at: begin }).open();
  const id: AlertId = state.id;
  await stored.write(mainBranch, { current: null, version: 0 }, state, "opens", [], [], begin);
  const change = async (what: Parameters<Alerts["act"]>[3]): Promise<void> => {
    const version = (await stored.read(organization, id))?.version ?? 0;
    expect(await stored.act(organization, id, version, what, [], clock.now())).not.toBeNull();
  };
  await change({ mention: { ...mention, user: ada } });
  return {
    id,
    clock,
    log,
    posted,
    failures,
    fired,
    change,
    stored,
    mutes,
    audit,
    /** Done between what the job reads of an alert and what it writes. */
    disturb: (by: (() => Promise<void>) | null) => {
      disturb = by;
    },
    /** Wakes at a time after the alert opened. @returns when it wants to be woken next; null: never. */
    async wake(after: number, alert = id): Promise<number | null> {
      clock.advance(begin + after - clock.now());
      nexts.length = 0;
      await remind({ organization, alert }, tools, { log: log.logger, signal: new AbortController().signal });
      return nexts[0] ?? null;
    },
    /** Slack shows a note. */
    async shows(note: string): Promise<void> {
      const place = { channel: "C0ALERTS", ts: String(clock.now() / 1000) };
      const slot = { organization, name: `${alertSlot(state)}/${note}` };
      await slots.done(slot, 0, { ...place, hash: null, repostedAt: null, frozen: false }, 1);
    },
    /** The reminders that were written, with the group they call; and all else by its id. */
    async notes(): Promise<string[]> {
      const notes = await stored.notes(organization, id);
      return notes.map((named) => {
        const owners = named.note.kind === "reminder" ? named.note.owners : null;
        return named.id.replace(String(begin), "begin") + (owners === null ? "" : ` ${owners}`);
      });
    },
    async [Symbol.asyncDispose]() {
      client.disconnect();
    },
  };
}

function byGrace(when: Instant, confirmedAt = when): Handling {
  return { kind: "acknowledged", by: grace, at: when, confirmedAt };
}

describe("an alert that nobody acknowledges", () => {
  it("climbs the ladder: thread, author, owners, each at its time and once", async () => {
    await using world = await startWorld();
    expect(await world.wake(0)).toBe(30 * minute);
    expect([...(await world.notes()), ...world.posted, ...world.fired]).toEqual([]);
    expect(await world.wake(30 * minute)).toBe(2 * hour);
    expect(world.fired).toEqual([spell("syncAlert", { organization, alert: world.id })]);
    expect(await world.wake(31 * minute)).toBe(2 * hour);
    expect(await world.notes()).toEqual(["reminder-begin-1"]);
    expect(await world.wake(2 * hour)).toBe(24 * hour);
    expect(await world.wake(3 * hour)).toBe(24 * hour);
    expect(world.posted).toHaveLength(1);
    expect(world.posted[0]).toMatch(/^U0ADA: main of Payments API is red since your build #1, and nobody is on it/);
    expect(await world.wake(24 * hour)).toBeNull();
    expect(await world.wake(48 * hour)).toBeNull();
    expect(await world.notes()).toEqual(["reminder-begin-1", "reminder-begin-3 S0OWNERS"]);
    expect(world.posted).toHaveLength(1);
  });

  it("writes to the author whom it missed, together with the owners, when it wakes very late", async () => {
    await using world = await startWorld();
    expect(await world.wake(30 * hour)).toBeNull();
    expect(await world.notes()).toEqual(["reminder-begin-3 S0OWNERS"]);
    expect(world.posted).toHaveLength(1);
  });

  it.each(["user_disabled", "messages_tab_disabled", "cannot_dm_bot", "channel_not_found"])(
    "calls the owners in the thread when the author cannot be written to: %s",
    async (code) => {
      await using world = await startWorld();
      world.failures.push(refusal(code));
      expect(await world.wake(2 * hour)).toBe(24 * hour);
      expect(await world.wake(3 * hour)).toBe(24 * hour);
      expect(await world.notes()).toEqual(["reminder-begin-2 S0OWNERS"]);
      expect(world.posted).toEqual([]);
      expect(world.log.take()).toEqual([]);
    },
  );

  it("calls them also when Slack refuses for a reason that an operator can mend, and warns of it", async () => {
    await using world = await startWorld();
    world.failures.push(refusal("missing_scope"));
    await world.wake(2 * hour);
    expect(await world.notes()).toEqual(["reminder-begin-2 S0OWNERS"]);
    expect(world.log.take()).toEqual(["author not reminded"]);
  });

  it.each<[string, SlackUser | null, boolean]>([
    ["is not known", null, false],
    ["is the wrong person", ada, true],
  ])("calls them when the author %s", async (_, user, declined) => {
    await using world = await startWorld();
    await world.change({ mention: { ...mention, user, declined } });
    await world.wake(2 * hour);
    expect(await world.notes()).toEqual(["reminder-begin-2 S0OWNERS"]);
    expect(world.posted).toEqual([]);
  });

  it("is left alone while it is muted", async () => {
    await using world = await startWorld();
    const scope = { kind: "branch", pipeline: mainBranch.pipeline, branch: "main" } as const;
    const mute: Mute = {
      id: MuteId.parse("0123456789"),
      organization,
      scope,
      by: grace,
      at: begin,
      until: at(8 * hour),
      reason: "known",
      alert: world.id,
      ended: null,
    };
    await world.mutes.replace(null, mute, [], begin);
    expect(await world.wake(3 * hour)).toBeNull();
    expect([...(await world.notes()), ...world.posted]).toEqual([]);
  });

  it("is looked at again when somebody acknowledges it in the same moment", async () => {
    await using world = await startWorld();
    world.disturb(() => world.change({ handling: byGrace(at(30 * minute)) }));
    await expect(world.wake(30 * minute)).rejects.toThrow(Later);
    expect(await world.notes()).toEqual([]);
    world.disturb(null);
    expect(await world.wake(30 * minute)).toBe(4.5 * hour);
    expect(await world.notes()).toEqual([]);
  });

  it("waits when Slack asks to, and writes to the author then", async () => {
    await using world = await startWorld();
    world.failures.push(new Later("Slack asked to wait", at(2 * hour + minute)));
    await expect(world.wake(2 * hour)).rejects.toThrow(Later);
    expect(await world.wake(2 * hour + minute)).toBe(24 * hour);
    expect(world.posted).toHaveLength(1);
    expect(await world.notes()).toEqual([]);
  });

  it("needs nothing when it was forgotten", async () => {
    await using world = await startWorld();
    expect(await world.wake(24 * hour, AlertId.parse("0a1b2c3d4e5f-1"))).toBeNull();
    expect(world.posted).toEqual([]);
  });
});

describe("an alert that somebody acknowledged", () => {
  const question = `still-on-it-${at(10 * minute)}`;

  it("is asked for after four hours without progress, and open again after one more without an answer", async () => {
    await using world = await startWorld();
    await world.change({ handling: byGrace(at(10 * minute)) });
    expect(await world.wake(30 * minute)).toBe(4 * hour + 10 * minute);
    expect(await world.wake(4 * hour + 10 * minute)).toBe(5 * hour + 10 * minute);
    await world.shows(question);
    expect(await world.wake(5 * hour)).toBe(5 * hour + 10 * minute);
    expect(await world.notes()).toEqual([question]);
    expect(await world.wake(5 * hour + 10 * minute)).toBe(5 * hour + 40 * minute);
    expect(await world.notes()).toEqual([question, `given-back-${at(10 * minute)}`]);
    const now = await world.stored.read(organization, world.id);
    expect(now?.handling).toEqual({ kind: "open", since: at(5 * hour + 10 * minute) });
    const [entry] = await world.audit.newest(organization, world.id, 1);
    expect(entry).toMatchObject({ action: "handBack", user: "system", from: "clock", alert: world.id });
    expect(await world.wake(5 * hour + 40 * minute)).toBe(7 * hour + 10 * minute);
    expect((await world.notes()).at(-1)).toBe(`reminder-${at(5 * hour + 10 * minute)}-1`);
  });

  it("is not given back before the question could be read", async () => {
    await using world = await startWorld();
    await world.change({ handling: byGrace(begin) });
    expect(await world.wake(9 * hour)).toBe(10 * hour);
    expect(await world.wake(10 * hour)).toBe(11 * hour);
    await world.shows(`still-on-it-${begin}`);
    expect(await world.wake(10.5 * hour)).toBe(11 * hour);
    expect(await world.wake(11 * hour)).toBe(11.5 * hour);
    expect((await world.stored.read(organization, world.id))?.handling.kind).toBe("open");
  });

  it("stays theirs when they confirm", async () => {
    await using world = await startWorld();
    await world.change({ handling: byGrace(begin) });
    await world.wake(4 * hour);
    await world.shows(`still-on-it-${begin}`);
    await world.change({ handling: byGrace(begin, at(4.5 * hour)) });
    expect(await world.wake(5 * hour)).toBe(8.5 * hour);
    expect((await world.stored.read(organization, world.id))?.handling.kind).toBe("acknowledged");
  });

  it("is not asked for while a rerun is on its way", async () => {
    await using world = await startWorld();
    const outcome = { kind: "requested" } as const;
    const rerun = { kind: "retry", build: 1, failure: "1", by: grace, at: at(3 * hour), outcome } as const;
    await world.change({ handling: byGrace(begin), rerun });
    expect(await world.wake(4 * hour)).toBe(7 * hour);
    expect(await world.notes()).toEqual([]);
  });
});
