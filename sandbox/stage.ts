/** Where the story plays: what people and agents can do, and what those in the audience see of it. */
import type { App } from "../src/app.ts";
import type { Clock } from "../src/clock.ts";
import type { Buildkite } from "./buildkite/index.ts";
import { alerts, cast, type Name } from "./cast.ts";
import type { Github } from "./github/index.ts";
import type { Pull } from "./github/pull.ts";
import type { Repository } from "./github/repository.ts";
import type { SlackStandIn } from "./slack/index.ts";
import type { Person } from "./slack/person.ts";
import { showChannel, showPrivately, showPull, type TranscriptStyle } from "./transcript.ts";

export interface Stage {
  readonly buildkite: Buildkite;
  readonly github: Github;
  readonly repository: Repository;
  /** Somebody in front of Slack. */
  person(name: Name): Person;
  /** Lets story time pass. */
  pass(minutes: number): void;
  /** Delivers the webhooks, and lets the bot work until it has nothing left to do. */
  settle(): Promise<void>;
  /** Settles, and shows the channel below the sentence. */
  show(sentence: string): Promise<void>;
  /** Settles, and shows the page of the pull request below the sentence. */
  showPull(sentence: string, pull: Pull): Promise<void>;
}

export interface StageOptions extends Pick<Stage, "buildkite" | "github" | "repository" | "pass"> {
  readonly app: App;
  readonly clock: Clock;
  readonly slack: SlackStandIn;
  readonly style: TranscriptStyle;
  readonly stopped: AbortSignal;
  say(line?: string): void;
}

export function createStage(options: StageOptions): Stage {
  const { app, clock, slack, buildkite, github, repository, style, stopped, pass, say } = options;
  let told = 0;

  async function settle(): Promise<void> {
    do {
      await buildkite.deliver();
      await github.deliver();
      await app.settled();
      await app.engine.drain();
      // A rerun has Buildkite tell more, and a comment GitHub.
    } while (buildkite.outbox.length + github.outbox.length > 0);
  }

  async function announce(sentence: string): Promise<void> {
    stopped.throwIfAborted();
    await settle();
    const time = new Date(clock.now()).toISOString().slice(11, 16);
    say(`\n${time}  ${sentence}\n`);
  }

  return {
    buildkite,
    github,
    repository,
    person: (name) => slack.as(cast[name].id),
    pass,
    settle,
    async show(sentence) {
      await announce(sentence);
      say(showChannel(slack.channel(alerts), style));
      const answers = slack.ephemerals(alerts, cast.sam.id);
      if (answers.length > told) say(showPrivately(answers.slice(told), style));
      told = answers.length;
    },
    async showPull(sentence, pull) {
      await announce(sentence);
      say(showPull(pull, style));
    },
  };
}
