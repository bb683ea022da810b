/** What people type after `/signalbox` or `/sb`, and what they alone are answered. */
import { describe, expect, it } from "vitest";
import { apiToken, type Bot, channelId, startBot } from "../harness/bot.ts";
import { minute } from "../harness/clock.ts";
import { useRedis } from "../harness/redis.ts";
import { ada as author, later, red } from "../harness/stories.ts";
import { type } from "../harness/typing.ts";

const redis = useRedis();
const ada = "U0ADA";
const bob = "U0BOB";
const yml = `
actions: { rerun: channel }
track: [{ branch: "release/*" }]
`;

async function startTeam(settings = yml): Promise<Bot> {
  const bot = await startBot({ redis, env: { BUILDKITE_API_TOKEN: apiToken }, yml: settings });
  bot.slack.addUser({ id: ada, name: "ada", email: author.email, timeZone: "Europe/Berlin" });
  bot.slack.addUser({ id: bob, name: "bob", email: "bob@example.com" });
  bot.buildkite.pipeline("web", { name: "Web", defaultBranch: "trunk" });
  return bot;
}

/** Three red branches: main of payments-api by Ada; then trunk and release/1 of web. */
async function startRed(settings?: string): Promise<Bot> {
  const bot = await startTeam(settings);
  red(bot, ["Specs"], { author });
  await bot.settle();
  red(bot, ["Lint", "unit tests"], { pipeline: "web", branch: "trunk", author: null });
  await bot.settle();
  red(bot, ["Lint"], { pipeline: "web", branch: "release/1", author: null });
  await bot.settle();
  bot.read();
  return bot;
}

/** The branches of a list, as they are numbered. */
function listed(answer: string): string[] {
  return answer
    .split("\n")
    .flatMap((line) => /^(\d+\. ):\w+: `(.*?)` · (.*?) ·/.exec(line)?.slice(1, 4).join("") ?? []);
}

const all = ["1. mainPayments API", "2. trunkWeb", "3. release/1Web"];

describe("status and mine", () => {
  it("lists what is failing, the longest first, under both names of the command", async () => {
    await using bot = await startRed();
    expect(listed(await type(bot, bob, "status"))).toEqual(all);
    expect(listed(await type(bot, bob, "failing", { command: "/sb" }))).toEqual(all);
    expect(await type(bot, bob, "status")).toContain("*3 branches failing*");
  });

  it("lists a pipeline or a branch alone, and says so when nothing of it fails", async () => {
    await using bot = await startRed();
    expect(listed(await type(bot, bob, "status Web"))).toEqual(["1. trunkWeb", "2. release/1Web"]);
    expect(listed(await type(bot, bob, "status web on release/1"))).toEqual(["1. release/1Web"]);
    expect(await type(bot, bob, "status docs")).toContain("Nothing that is known of `docs` is failing");
  });

  it("tells the author, and whoever took an alert, what is theirs", async () => {
    await using bot = await startRed();
    expect(listed(await type(bot, ada, "mine"))).toEqual(["1. mainPayments API"]);
    expect(await type(bot, bob, "mine")).toContain("Nothing that you changed or took on is failing");
    await type(bot, bob, "ack web trunk");
    expect(listed(await type(bot, bob, "mine"))).toEqual(["1. trunkWeb"]);
    bot.read();
  });

  it("says that all is well when it is", async () => {
    await using bot = await startTeam();
    expect(await type(bot, bob, "status")).toBe(":large_green_circle: Nothing is failing. Enjoy the quiet.");
  });
});

describe("an alert is named", () => {
  it("by its number in the last list, by pipeline and branch, or by a build", async () => {
    await using bot = await startRed();
    await type(bot, bob, "status");
    const address = "https://buildkite.com/acme-inc/web/builds/1";
    // A pipeline alone means its default branch; nobody minds the case.
    for (const target of ["2", "web", "Web TRUNK", "web on trunk", "web#1", "web #1", address]) {
      expect(await type(bot, bob, `ack ${target}`), target).toMatch(/You are on it( already)?: `trunk` · Web · #1/);
    }
    bot.read();
  });

  it("by its id", async () => {
    await using bot = await startRed();
    const id = /Alert `(.*)`/.exec(await type(bot, bob, "why web trunk"))?.[1];
    expect(await type(bot, bob, `ack ${id}`)).toBe(":eyes: You are on it: `trunk` · Web · #1");
    bot.read();
  });

  it("by the number that this person saw last, whatever others listed since", async () => {
    await using bot = await startRed();
    await type(bot, bob, "status web");
    await type(bot, ada, "status");
    await type(bot, bob, "mine");
    expect(await type(bot, bob, "ack 2")).toContain("`release/1`");
    expect(await type(bot, ada, "ack 1")).toContain("`main`");
    bot.read();
  });

  it("and when several fit, they are shown numbered", async () => {
    await using bot = await startRed("track: [{ branch: '*' }]");
    red(bot, ["Lint"], { pipeline: "docs", branch: "a", author: null });
    red(bot, ["Lint"], { pipeline: "docs", branch: "b", author: null });
    await bot.settle();
    const answer = await type(bot, bob, "ack docs");
    expect(answer).toContain("*That fits several alerts.* Name one by its number here:");
    const second = listed(answer)[1] ?? "";
    expect(await type(bot, bob, "ack 2")).toContain(`\`${second.slice(3, 4)}\``);
    bot.read();
  });

  it("and when nothing fits, the answer says where to look", async () => {
    await using bot = await startRed();
    for (const target of ["9", "docs", "web nowhere", "web#77", "0123456789ab-9"]) {
      const answer = await type(bot, bob, `ack ${target}`);
      expect(answer, target).toBe("No failing branch fits that. `/signalbox status` shows what is failing.");
    }
  });
});

describe("ack, unack, takeover", () => {
  it("say who is on it, to everybody in the message and to the person in the answer", async () => {
    await using bot = await startRed();
    expect(await type(bot, bob, "ack payments-api")).toBe(":eyes: You are on it: `main` · Payments API · #1");
    expect(bot.read()).toContain(":eyes: *bob* is on it");
    await later(bot, 3 * minute);
    expect(await type(bot, bob, "ack payments-api")).toContain("You are on it already");
    expect(await type(bot, ada, "ack payments-api")).toBe("*bob* acknowledged this 3 min ago.\n[Take over]");
    expect(await type(bot, ada, "take over payments-api")).toContain("You are on it:");
    expect(bot.read()).toContain(":eyes: *ada* is on it");
    expect(await type(bot, ada, "unack payments-api")).toContain("Nobody is on it any more:");
    expect(await type(bot, ada, "unack payments-api")).toBe("Nobody is on it at the moment.\n[Acknowledge]");
    await bot.slack.as(ada).click(channelId, "alert.acknowledge");
    await bot.settle();
    expect(bot.read()).toContain(":eyes: *ada* is on it");
  });
});

describe("rerun and rebuild", () => {
  it("ask Buildkite once", async () => {
    await using bot = await startRed();
    expect(await type(bot, bob, "rerun web#1")).toContain("You asked Buildkite for the failed jobs of build #1 again");
    expect(await type(bot, ada, "retry web")).toBe(
      "*bob* asked for a rerun less than a minute ago: the alert will show how it went.",
    );
    expect(await type(bot, ada, "rebuild payments-api")).toContain("a rebuild of build #1");
    expect(bot.buildkite.requests.filter(({ name }) => /retry|rebuild/i.test(name ?? ""))).toHaveLength(2);
    bot.read();
  });
});

describe("who may", () => {
  const strict = "actions: { acknowledge: [S0CREW], mute: linked, rerun: linked }";

  it("is asked of a command as of a button", async () => {
    await using bot = await startRed(strict);
    bot.slack.addUserGroup({ id: "S0CREW", handle: "crew", name: "Crew", users: [ada], disabled: false });
    expect(await type(bot, bob, "ack web trunk")).toBe("This is for members of <!subteam^S0CREW>.");
    expect(await type(bot, ada, "ack web trunk")).toContain("You are on it");
    const refused = "This takes a linked GitHub login, and Signalbox does not know yours.\n[Link my GitHub login]";
    expect(await type(bot, bob, "mute Specs")).toBe(refused);
    expect(await type(bot, bob, "rerun web trunk")).toBe(refused);
    expect(await type(bot, bob, "link bob")).toContain("Your GitHub login is `bob`");
    expect(await type(bot, bob, "mute Specs")).toContain("You muted *Specs*");
    expect(await type(bot, bob, "unlink")).toContain("`bob`");
    expect(await type(bot, bob, "unmute Specs")).toBe(refused);
    bot.read();
  });

  it("is not somebody else, for a login that is linked", async () => {
    await using bot = await startRed(strict);
    expect(await type(bot, ada, "link octocat")).toContain("Your GitHub login is `octocat`");
    expect(await type(bot, bob, "link octocat")).toContain("That login is linked to <@U0ADA>");
    expect(await type(bot, ada, "unlink")).toContain("`octocat`");
    expect(await type(bot, bob, "link octocat")).toContain("Your GitHub login is `octocat`");
    bot.read();
  });

  it("is not a guest, for anything that others see", async () => {
    await using bot = await startRed();
    bot.slack.addUser({ id: "U0GUEST", name: "guest", restricted: true });
    for (const text of ["ack web", "mute Specs", "rerun web", "subscribe web", "unsubscribe web"]) {
      expect(await type(bot, "U0GUEST", text), text).toBe("Guests cannot do this. Ask a full member of the workspace.");
    }
    expect(listed(await type(bot, "U0GUEST", "status"))).toEqual(all);
  });
});

describe("why", () => {
  it("tells the rules that hold, the mutes, the next reminder and what people did", async () => {
    await using bot = await startRed();
    await type(bot, bob, "ack payments-api");
    await type(bot, bob, "mute Lint in web release/1 for 4h because flaky");
    const why = await type(bot, bob, "why web release/1");
    expect(why).toContain("It goes to <#C0ALERTS>, the default channel: no route matches");
    expect(why).toContain("The branch is watched by the rule for branch `release/*`");
    expect(why).toContain("It is muted: the thread and the channel stay quiet");
    expect(why).toContain("*Lint* on `release/1` of web · by bob");
    expect(why).toContain("acknowledge: everybody, mute: everybody, rerun: everybody");
    expect(why).toMatch(/\*What people did\*\n• .* · bob: mute \(command\) · Lint · web release\/1: flaky/);
    const other = await type(bot, bob, "why payments-api");
    expect(other).toContain("The branch is watched as the pipeline's default branch");
    expect(other).toContain("Reminders without an acknowledgement after 30 min, 2 h, 24 h; the next is due");
    expect(other).toMatch(/bob: acknowledge \(command\)/);
    bot.read();
  });
});

describe("why there is no alert", () => {
  it("tells whether the branch is watched, and where its alerts would go", async () => {
    await using bot = await startRed();
    const rule = await type(bot, bob, "why web release/9");
    expect(rule).toContain(":white_circle: `release/9` · `web`: there is no alert");
    expect(rule).toContain("The branch is watched by the rule for branch `release/*`");
    expect(rule).toContain("It goes to <#C0ALERTS>, the default channel: no route matches");
    red(bot, ["Lint"], { pipeline: "web", branch: "feature/x", author: null });
    await bot.settle();
    const build = await type(bot, bob, "why web#3");
    expect(build).toContain("`feature/x` · `web`: there is no alert");
    expect(build).toContain("no rule and no subscription names it");
    await type(bot, bob, "subscribe web branch:feature/*");
    expect(await type(bot, bob, "why web#3")).toContain("The branch is watched for a channel that subscribed to it");
  });
});

describe("people", () => {
  it("link a login, are told who had it before, and unlink it", async () => {
    await using bot = await startTeam();
    expect(await type(bot, bob, "link octocat")).toContain("Your GitHub login is `octocat`.");
    expect(await type(bot, bob, "link @octocat")).toContain("is a name in Slack");
    expect(await type(bot, bob, "unlink")).toContain("`octocat` is yours no more");
    expect(await type(bot, bob, "unlink")).toBe("No GitHub login was linked.");
  });

  it("choose where they are told", async () => {
    await using bot = await startTeam();
    expect(await type(bot, bob, "notify dm")).toContain("in a direct message");
    expect(await type(bot, bob, "notify off")).toBe("You are neither mentioned nor written to.");
    expect(await type(bot, bob, "notify somewhere")).toContain("write dm, channel or off");
  });
});

describe("what cannot be understood", () => {
  it("is answered with what can", async () => {
    await using bot = await startTeam();
    const answers = {
      "": "*What you can type after* `/signalbox` *or* `/sb`",
      "help mute": "`/signalbox mute <alert | job",
      "akc 1": "There is no command `akc`. Did you mean `/signalbox ack`?",
      frobnicate: "There is no command `frobnicate`. All there are: `/signalbox help`",
      ack: "Something is missing.\n`/signalbox ack <alert>`",
      "ack web release/1 please": "`please` is more than is understood here; leave it out.",
      "ack <!channel>": "names no alert",
    };
    for (const [text, answer] of Object.entries(answers)) expect(await type(bot, bob, text)).toContain(answer);
  });
});
