/** The story that the sandbox plays: main breaks, stays broken, has a flake, gets fixed, and breaks for a moment again. */
import { actionIds } from "../src/slack/action-ids.ts";
import type { Buildkite } from "./buildkite/index.ts";
import type { Person } from "./slack/person.ts";

/** Who is in Slack, by what GitHub and Buildkite call them. Sam is whoever types. */
export const cast = {
  ada: { id: "U0ADA", realName: "Ada Lovelace", email: "ada@example.com" },
  grace: { id: "U0GRACE", realName: "Grace Hopper", email: "grace@example.com" },
  barbara: { id: "U0BARBARA", realName: "Barbara Liskov", email: "barbara@example.com" },
  sam: { id: "U0SAM", realName: "Sam Rivera", email: "sam@example.com" },
} as const;
export const alerts = "ci-alerts";

export interface Stage {
  readonly buildkite: Buildkite;
  /** Somebody in front of Slack. */
  person(name: keyof typeof cast): Person;
  /** Lets story time pass. */
  pass(minutes: number): void;
  /** Delivers the webhooks, and lets the bot work until it has nothing left to do. */
  settle(): Promise<void>;
  /** Settles, and shows the channel below the sentence. */
  show(sentence: string): Promise<void>;
}

const ada = committer("ada");
const grace = committer("grace");
const barbara = committer("barbara");

const specsLog = [
  "~~~ Running commands",
  "$ bin/rspec-shard",
  "+++ Failures",
  "  1) Money#round rounds half-even",
  "     expected: 0.12",
  "          got: 0.13",
  "     # ./spec/money_spec.rb:41",
  "",
  "214 examples, 1 failure",
  "🚨 Error: The command exited with status 1",
].join("\n");

export function committer(username: keyof typeof cast) {
  const { realName: name, email } = cast[username];
  return { name, email, username };
}

export async function playStory({ buildkite, person, pass, show }: Stage): Promise<void> {
  buildkite.pipeline("payments-api", { name: "Payments API" });

  const first = buildkite.build("payments-api", {
    branch: "main",
    message: "Round amounts half-even (#512)",
    author: ada,
  });
  pass(2);
  first.job(":ruby: Lint").pass();
  const second = first.job(":rspec: Specs", { parallel: { index: 1, total: 4 } });
  const third = first.job(":rspec: Specs", { parallel: { index: 2, total: 4 } }).start();
  pass(1);
  second.fail({ exitStatus: 1, log: specsLog });
  await show("Ada merges #512. Three minutes later a shard of the specs fails; the build is still running.");

  pass(4);
  third.pass();
  first.finish();
  await person("ada").click(alerts, actionIds.acknowledge);
  await show("The build ends, and Ada clicks Acknowledge. The same message now says both.");

  pass(12);
  const next = buildkite.build("payments-api", {
    branch: "main",
    message: "Cache exchange rates (#514)",
    author: grace,
  });
  pass(3);
  next.job(":ruby: Lint").fail({ exitStatus: 2 });
  next.job(":rspec: Specs", { parallel: { index: 1, total: 4 } }).fail({ exitStatus: 1, log: specsLog });
  pass(3);
  next.finish();
  await show("Grace merges #514 on top. Main breaks further: one message, one more line in its thread.");

  pass(9);
  const fix = buildkite.build("payments-api", { branch: "main", message: "Fix rounding and lint (#515)", author: ada });
  pass(3);
  fix.job(":ruby: Lint").pass();
  const flaky = fix
    .job(":rspec: Specs", { parallel: { index: 1, total: 4 } })
    .fail({ exitStatus: -1, retryable: true });
  flaky.retry({ type: "automatic" }).pass();
  pass(4);
  fix.finish();
  await show("Ada's fix. A shard loses its agent, is retried and passes: nobody is pinged, and main is green.");

  pass(50);
  const slip = buildkite.build("payments-api", {
    branch: "main",
    message: "Tune the connection pool (#516)",
    author: barbara,
  });
  pass(5);
  const browser = slip.job(":chrome: Browser tests");
  browser.fail({ exitStatus: 1, log: '+++ Failures\nTimeoutError: waiting for selector "#pay" failed' });
  slip.finish();
  await show("Within two hours main breaks again: the same message reopens, and says so in the channel.");

  pass(2);
  await person("barbara").click(alerts, actionIds.rerun);
  await show("Barbara clicks Rerun failed jobs.");

  pass(4);
  browser.retriedIn?.job.pass();
  slip.finish();
  await show("This time the job passes. The message turns green, and notes that the job may be flaky.");
}
