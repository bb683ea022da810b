/**
 * Every Redis key, spelled here only. All keys of one Buildkite organisation share its hash tag, so that scripts may
 * touch several of them on Redis Cluster too; so do all keys of one owner of repositories on GitHub.
 *
 * | key                                | type   | time to live  | what                                                    |
 * | ---------------------------------- | ------ | ------------- | ------------------------------------------------------- |
 * | organizations                      | set    | none: tiny    | organisations seen, for the sweep                       |
 * | people-audit                       | stream | none: the last 10,000 | what people did that concerns no alert         |
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
 * | {owner}:reports:<repo>:<commit>    | hash   | 30 days       | pipeline -> its newest build of a commit                |
 * | {org}:red-reports:<pipeline>       | zset   | 14 days idle  | the newest 50 red builds that GitHub was told of        |
 * | {org}:log:<job>                    | string | 7 days        | what is quoted of a failed job's log                    |
 * | {org}:agents                       | hash   | 30 days idle  | agent id -> its last change                             |
 * | {owner}:pull:<repo>:<n>            | hash   | 90 days idle  | facts of a pull request; fetched again when it is named |
 * | {owner}:no-pull:<repo>:<n>         | string | 1 day; 1 hour | GitHub knows no such one, or does not tell              |
 * | {owner}:head:<repo>:<commit>       | zset   | 90 days       | open pull requests by number that got this head         |
 * | {owner}:comment:<repo>:<id>        | string | 7 days        | the commands of a comment                               |
 * | {owner}:answers:<repo>:<n>         | set    | 1 hour        | what was answered on a pull request: so many, no more    |
 * | {org}:request:<pipeline>:<n>:<id>  | string | 7 days        | what somebody asked for at a check run of a build       |
 * | {owner}:policy:<repo>              | hash   | 90 days idle; read anew daily while used | a repository's settings and CODEOWNERS, the last good ones |
 * | {owner}:policies                   | set    | none: as many as have a file | repositories with settings of their own  |
 * | {org}:marks                        | hash   | none: durable | subject -> mark: somebody must look at it               |
 * | {org}:attempts                     | hash   | none: with marks | subject -> attempts since it last succeeded          |
 * | {org}:due                          | zset   | none: durable | subject by the time it is to be looked at               |
 * | {org}:dead                         | hash   | none: for an operator | subject -> when and why it was given up         |
 * | {org}:lock:<subject>               | string | seconds       | holder of a lock                                        |
 * | {org}:fence:<subject>              | string | 1 day         | how often the lock was taken                            |
 * | replay:{<name>}                    | string | 1 day         | set when a request from Slack was worked on             |
 * | pause:{service}                    | string | as told       | set while a service told us to wait                     |
 * | budget:{service}:<minute>          | string | 2 minutes     | requests sent to a service in this minute               |
 * | {org}:github-installation          | string | 1 day         | where GitHub said the app is installed at an owner      |
 * | {org}:github-absent                | hash   | 10 minutes    | repositories it is not installed on -> until when that holds |
 * | {org}:etag:<hash>                  | string | 7 days        | an answer of GitHub with its ETag                       |
 * | {github}:deliveries                | string | 4 days        | how far we looked through GitHub's deliveries           |
 * | {github}:redelivery:<guid>         | string | 4 days        | how often GitHub was asked for a webhook again          |
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
import type {
  AlertId,
  BranchRef,
  BuildRef,
  JobId,
  Organization,
  Pipeline,
  SlackGroup,
  SlackUser,
} from "../domain/ids.ts";
import type { PullRef, RepositoryRef } from "../domain/pull.ts";

const day = 24 * 60 * 60;
export const ttl = {
  build: 30 * day,
  idle: 90 * day,
  agents: 30 * day,
  reports: 30 * day,
  redReports: 14 * day,
  log: 7 * day,
  slot: 90 * day,
  fence: day,
  told: 14 * day,
  /** For one that GitHub does not know; and for one that it does not show. */
  noPull: day,
  hiddenPull: 60 * 60,
  request: 7 * day,
  answers: 60 * 60,
  replay: day,
  shownList: day,
  installState: 600,
  declined: 180 * day,
  emailFound: day,
  emailUnknown: day / 4,
  slackUser: 60 * 60,
  slackGroup: 5 * 60,
  githubInstallation: day,
  githubAbsent: 10 * 60,
  etag: 7 * day,
  redelivery: 4 * day,
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

interface PullKeys {
  readonly pull: string;
  /** Set while GitHub need not be asked. */
  readonly absent: string;
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
  reports(repository: RepositoryRef, commit: string): string;
  redReports(organization: Organization, pipeline: Pipeline): string;
  log(organization: Organization, job: JobId): string;
  policy(ref: RepositoryRef): string;
  policies(organization: Organization): string;
  agents(organization: Organization): string;
  pull(ref: PullRef): PullKeys;
  head(repository: RepositoryRef, commit: string): string;
  comment(repository: RepositoryRef, id: number): string;
  answers(pull: PullRef): string;
  /** @param name Tells one wish for a build from the next. */
  request(build: BuildRef, name: string): string;
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
  githubInstallation(owner: Organization): string;
  githubAbsent(owner: Organization): string;
  etag(owner: Organization, hash: string): string;
  readonly deliveries: string;
  redelivery(guid: string): string;
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
    reports: ({ organization, repository }, commit) => of(organization, "reports", repository, commit),
    redReports: (organization, pipeline) => of(organization, "red-reports", pipeline),
    log: (organization, job) => of(organization, "log", job),
    policy: ({ organization, repository }) => of(organization, "policy", repository),
    policies: (organization) => of(organization, "policies"),
    agents: (organization) => of(organization, "agents"),
    pull: ({ organization, repository, number }) => ({
      pull: of(organization, "pull", repository, number),
      absent: of(organization, "no-pull", repository, number),
    }),
    head: ({ organization, repository }, commit) => of(organization, "head", repository, commit),
    answers: ({ organization, repository, number }) => of(organization, "answers", repository, number),
    comment: ({ organization, repository }, id) => of(organization, "comment", repository, id),
    request: ({ organization, pipeline, number }, name) => of(organization, "request", pipeline, number, name),
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
    githubInstallation: (owner) => of(owner, "github-installation"),
    githubAbsent: (owner) => of(owner, "github-absent"),
    etag: (owner, hash) => of(owner, "etag", hash),
    deliveries: `${prefix}:{github}:deliveries`,
    redelivery: (guid) => `${prefix}:{github}:redelivery:${guid}`,
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
