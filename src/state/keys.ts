/**
 * Every Redis key, spelled here only. All keys of one Buildkite organisation share its hash tag, so that scripts may
 * touch several of them on Redis Cluster too.
 *
 * | key                                | type   | time to live  | what                                                    |
 * | ---------------------------------- | ------ | ------------- | ------------------------------------------------------- |
 * | organizations                      | set    | none: tiny    | organisations seen, for the sweep                       |
 * | people-audit                       | stream | none: the last 10,000 | links and subscriptions that people changed     |
 * | subscriptions                      | hash   | none: tiny    | channel and pipeline pattern -> what else it asked for  |
 * | shown-list:{<team>:<user>}:<kind>  | string | 1 day         | the alerts or mutes of the list that a person saw last  |
 * | {org}:build:<pipeline>:<n>         | hash   | 30 days       | facts of a build, and the verdict drawn from them       |
 * | {org}:build:<pipeline>:<n>:jobs    | hash   | 30 days       | its jobs and how their attempts follow each other       |
 * | {org}:build:<pipeline>:<n>:causes  | zset   | 30 days       | jobs that failed hard and are not superseded, by time   |
 * | …:retrying                         | zset   | 30 days       | jobs that failed hard and whose next attempt still runs |
 * | …:canceled, …:recovered            | zset   | 30 days       | canceled jobs; attempts that passed after a failed one  |
 * | {org}:flakes:<pipeline>            | hash   | 90 days idle  | job key -> how often it passed on retry                 |
 * | {org}:history:<pipeline>:<branch>  | zset   | 90 days idle  | red and green builds of a tracked branch, by number     |
 * | {org}:branch:<pipeline>:<branch>   | hash   | 90 days idle  | its current alert                                       |
 * | {org}:alert:<id>                   | hash   | 90 days idle  | version and state of an alert, and what people did      |
 * | {org}:open                         | zset   | none: as many as branches are red | failing alerts by when they opened  |
 * | {org}:mutes                        | hash   | none: each ends | mute id -> who muted what, and until when             |
 * | {org}:told:<pipeline>              | zset   | 14 days       | failures that alerts were opened for, by time           |
 * | {org}:audit                        | stream | 90 days idle  | the last 10,000 things that people did                  |
 * | {org}:alert:<id>:notes             | hash   | 90 days idle  | what its thread tells, by note id                       |
 * | {org}:alert:<id>:copies            | hash   | 90 days idle  | channels it was posted to for a subscription -> team    |
 * | {org}:slot:<name>                  | hash   | 90 days       | an effect that must happen once: claim, then its result |
 * | {org}:agents                       | hash   | 30 days idle  | agent id -> its last change                             |
 * | {org}:marks                        | hash   | none: durable | subject -> mark: somebody must look at it               |
 * | {org}:attempts                     | hash   | none: with marks | subject -> attempts since it last succeeded          |
 * | {org}:due                          | zset   | none: durable | subject by the time it is to be looked at               |
 * | {org}:dead                         | hash   | none: for an operator | subject -> when and why it was given up         |
 * | {org}:lock:<subject>               | string | seconds       | holder of a lock                                        |
 * | {org}:fence:<subject>              | string | 1 day         | how often the lock was taken                            |
 * | replay:{<name>}                    | string | 1 day         | set when a request from Slack was worked on             |
 * | pause:{service}                    | string | as told       | set while a service told us to wait                     |
 * | budget:{service}:<minute>          | string | 2 minutes     | requests sent to a service in this minute               |
 * | installation:{<T…|E…>}            | string | none: until uninstalled | a Slack workspace's tokens, encrypted         |
 * | install-state:{<nonce>}            | string | 10 minutes    | set when a started installation was completed or failed |
 * | {people}:<team>:users              | hash   | none: as many as linked | GitHub login -> Slack user                    |
 * | {people}:<team>:logins             | hash   | none: as many as linked | Slack user -> GitHub login, by whom and since when |
 * | {people}:<team>:notify             | hash   | none: as many as chose | Slack user -> where they want to be told       |
 * | {people}:<team>:declined           | zset   | 180 days idle | hash of author and Slack user who is not them, by end   |
 * | {people}:<team>:email:<hash>       | string | 24 h; 6 h for nobody | Slack user of an e-mail address                  |
 * | {people}:<team>:user:<user>        | string | 1 h           | what Slack says of a user                               |
 * | {people}:<team>:group:<group>      | string | 5 minutes     | members of a user group                                 |
 * | {queue}:…                          | BullMQ | BullMQ's own  | the triggers                                            |
 */
import type { AlertId, BranchRef, BuildRef, Organization, Pipeline, SlackGroup, SlackUser } from "../domain/ids.ts";

const day = 24 * 60 * 60;
export const ttl = {
  build: 30 * day,
  idle: 90 * day,
  agents: 30 * day,
  slot: 90 * day,
  fence: day,
  told: 14 * day,
  replay: day,
  shownList: day,
  installState: 600,
  declined: 180 * day,
  emailFound: day,
  emailUnknown: day / 4,
  slackUser: 60 * 60,
  slackGroup: 5 * 60,
} as const;

interface BuildKeys {
  readonly build: string;
  readonly jobs: string;
  readonly causes: string;
  readonly retrying: string;
  readonly canceled: string;
  readonly recovered: string;
}

interface MarkKeys {
  readonly marks: string;
  readonly attempts: string;
  readonly due: string;
  readonly dead: string;
}

interface PeopleKeys {
  readonly users: string;
  readonly logins: string;
  readonly notify: string;
  readonly declined: string;
  /** @param hash Of the address: it is nobody's business but its owner's. */
  email(hash: string): string;
  user(user: SlackUser): string;
  group(group: SlackGroup): string;
}

export interface Keys {
  readonly organizations: string;
  readonly subscriptions: string;
  readonly peopleAudit: string;
  readonly queuePrefix: string;
  build(ref: BuildRef): BuildKeys;
  flakes(organization: Organization, pipeline: Pipeline): string;
  history(ref: BranchRef): string;
  branch(ref: BranchRef): string;
  alert(organization: Organization, id: AlertId): string;
  notes(organization: Organization, id: AlertId): string;
  copies(organization: Organization, id: AlertId): string;
  open(organization: Organization): string;
  mutes(organization: Organization): string;
  told(organization: Organization, pipeline: Pipeline): string;
  audit(organization: Organization): string;
  slot(organization: Organization, name: string): string;
  agents(organization: Organization): string;
  marks(organization: Organization): MarkKeys;
  lock(organization: Organization, subject: string): string;
  fence(organization: Organization, subject: string): string;
  shownList(team: string, user: SlackUser, kind: string): string;
  replay(name: string): string;
  pause(service: string): string;
  budget(service: string, minute: number): string;
  /** @param id Of a Slack team (`T…`), or of an enterprise (`E…`) that installed for all its teams. */
  installation(id: string): string;
  installState(nonce: string): string;
  /** @param team Of Slack (`T…`); null for the workspace of the token in the environment. */
  people(team: string | null): PeopleKeys;
}

/** @param prefix Put before every key, so that several installations can share one Redis. */
export function createKeys(prefix: string): Keys {
  const of = (organization: Organization, ...parts: readonly (string | number)[]): string =>
    `${prefix}:{${organization}}:${parts.join(":")}`;
  return {
    organizations: `${prefix}:organizations`,
    subscriptions: `${prefix}:subscriptions`,
    peopleAudit: `${prefix}:people-audit`,
    queuePrefix: `{${prefix}:queue}`,
    build({ organization, pipeline, number }) {
      const build = of(organization, "build", pipeline, number);
      return {
        build,
        jobs: `${build}:jobs`,
        causes: `${build}:causes`,
        retrying: `${build}:retrying`,
        canceled: `${build}:canceled`,
        recovered: `${build}:recovered`,
      };
    },
    flakes: (organization, pipeline) => of(organization, "flakes", pipeline),
    history: ({ organization, pipeline, branch }) => of(organization, "history", pipeline, branch),
    branch: ({ organization, pipeline, branch }) => of(organization, "branch", pipeline, branch),
    alert: (organization, id) => of(organization, "alert", id),
    notes: (organization, id) => `${of(organization, "alert", id)}:notes`,
    copies: (organization, id) => `${of(organization, "alert", id)}:copies`,
    open: (organization) => of(organization, "open"),
    mutes: (organization) => of(organization, "mutes"),
    told: (organization, pipeline) => of(organization, "told", pipeline),
    audit: (organization) => of(organization, "audit"),
    slot: (organization, name) => of(organization, "slot", name),
    agents: (organization) => of(organization, "agents"),
    marks: (organization) => ({
      marks: of(organization, "marks"),
      attempts: of(organization, "attempts"),
      due: of(organization, "due"),
      dead: of(organization, "dead"),
    }),
    lock: (organization, subject) => of(organization, "lock", subject),
    fence: (organization, subject) => of(organization, "fence", subject),
    shownList: (team, user, kind) => `${prefix}:shown-list:{${team}:${user}}:${kind}`,
    replay: (name) => `${prefix}:replay:{${name}}`,
    pause: (service) => `${prefix}:pause:{${service}}`,
    budget: (service, minute) => `${prefix}:budget:{${service}}:${minute}`,
    installation: (id) => `${prefix}:installation:{${id}}`,
    installState: (nonce) => `${prefix}:install-state:{${nonce}}`,
    people(team) {
      const people = `${prefix}:{people}:${team ?? "-"}`;
      return {
        users: `${people}:users`,
        logins: `${people}:logins`,
        notify: `${people}:notify`,
        declined: `${people}:declined`,
        email: (hash) => `${people}:email:${hash}`,
        user: (user) => `${people}:user:${user}`,
        group: (group) => `${people}:group:${group}`,
      };
    },
  };
}
