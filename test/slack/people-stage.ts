/** Everything that finds out who somebody is, on a real Redis and a workspace with people of all kinds. */
import { expect } from "vitest";
import type { SlackOptions, SlackStandIn } from "../../sandbox/slack/index.ts";
import type { Person } from "../../src/domain/build.ts";
import { SlackGroup, SlackUser } from "../../src/domain/ids.ts";
import { GithubLogin } from "../../src/domain/person.ts";
import { usualSettings } from "../../src/domain/policy.ts";
import { createPeople, type Lookups, type People } from "../../src/slack/people.ts";
import { type Attempt, createPermissions, type Decision } from "../../src/slack/permission.ts";
import { createDirectoryCache } from "../../src/state/directory-cache.ts";
import { createKeys } from "../../src/state/keys.ts";
import { createPeopleStore, type PeopleStore } from "../../src/state/people.ts";
import { loadScripts } from "../../src/state/scripts.ts";
import type { FakeClock } from "../harness/clock.ts";
import { TestLog } from "../harness/log.ts";
import type { TestRedis } from "../harness/redis.ts";
import { startStage } from "./stage.ts";

let prefixes = 0;

export const ada = SlackUser.parse("U0ADA");
export const grace = SlackUser.parse("U0GRACE");
export const gone = SlackUser.parse("U0GONE");
export const owners = SlackGroup.parse("S0OWNERS");
export const release = SlackGroup.parse("S0RELEASE");
const users = [
  { id: ada, name: "ada", email: "ada@example.com", timeZone: "Europe/London" },
  { id: grace, name: "grace", email: "grace@example.com" },
  { id: gone, name: "gone", email: "gone@example.com", deleted: true },
  { id: "U0GUEST", name: "guest", restricted: true },
  { id: "U0BOT", name: "ci", bot: true },
  { id: "U0ELSE", name: "else", teamId: "T0ELSE" },
];
const userGroups = [
  { id: owners, handle: "owners", name: "Owners", users: [ada], disabled: false },
  { id: release, handle: "release", name: "Release", users: [grace], disabled: false },
];

export interface Stage {
  readonly slack: SlackStandIn;
  readonly people: People;
  readonly store: PeopleStore;
  readonly clock: FakeClock;
  readonly log: TestLog;
  /** The user; or why there is none. */
  resolve(...authors: readonly Partial<Person>[]): Promise<string>;
  link(login: string, user: SlackUser): Promise<unknown>;
  may(user: string, attempt?: Partial<Attempt>): Promise<Decision>;
}

interface StageOptions extends SlackOptions {
  readonly map?: Readonly<Record<string, SlackUser>>;
  readonly slackOf?: () => Lookups | null;
  readonly workspace?: string | null;
}

export async function onStage(
  server: TestRedis,
  options: StageOptions,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const { map = {}, workspace = "T0SANDBOX", slackOf, ...world } = options;
  await using slackStage = await startStage({ users, userGroups, ...world });
  const { slack, client, clock } = slackStage;
  const redis = await server.open();
  prefixes += 1;
  const keys = createKeys(`resolve${prefixes}`);
  const store = createPeopleStore(redis, loadScripts(redis), keys);
  const cache = createDirectoryCache(redis, keys);
  const log = new TestLog();
  const policy = { people: new Map(Object.entries(map)) };
  const people = createPeople({
    slackOf: slackOf ?? (() => client),
    store,
    cache,
    policy,
    clock,
    log: log.logger,
  });
  const permissions = createPermissions({ people, store, policy, workspaceOf: async () => workspace });
  await play({
    slack,
    people,
    store,
    clock,
    log,
    async resolve(...authors) {
      const found = await people.resolve(authors.map(person), null);
      return found.kind === "found" ? found.value : found.kind;
    },
    link: (login, user) => store.link(null, { login: GithubLogin.parse(login), user, at: clock.now(), by: user }),
    may: (user, attempt = {}) =>
      permissions.check({
        actions: ["acknowledge"],
        rules: usualSettings.actions,
        user: SlackUser.parse(user),
        userTeam: "T0SANDBOX",
        team: null,
        ...attempt,
      }),
  });
  expect(log.take()).toEqual([]);
  redis.disconnect();
}

export function person(given: Partial<Person>): Person {
  return { name: null, email: null, username: null, ...given };
}

/** The methods of Slack that were called since this was asked last. */
export function called(slack: SlackStandIn): readonly string[] {
  return slack.takeCalls().map(({ method }) => method);
}
