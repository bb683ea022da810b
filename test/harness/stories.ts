/** The moves that stories share: what people and agents do, in the time they take. */

import type { Build } from "../../sandbox/buildkite/build.ts";
import type { BuildOptions } from "../../sandbox/buildkite/build-record.ts";
import type { Delivery } from "../../sandbox/buildkite/webhooks.ts";
import type { Fault } from "../../sandbox/faults.ts";
import type { Bot } from "./bot.ts";
import { minute } from "./clock.ts";

export const ada = { name: "Ada Lovelace", email: "ada@example.com", username: "ada" };
export const grace = { name: "Grace Hopper", email: "grace@example.com", username: "grace" };

export interface Change extends BuildOptions {
  readonly pipeline?: string;
}

/** A build of main, unless told otherwise, in which these jobs exit with 1. Two minutes pass. */
export function red(bot: Bot, jobs: readonly string[] = ["Specs"], change: Change = {}): Build {
  return play(bot, change, (build) => {
    for (const job of jobs) build.job(job).fail();
  });
}

export function green(bot: Bot, change: Change = {}): Build {
  return play(bot, change, (build) => build.job("Specs").pass());
}

function play(bot: Bot, { pipeline = "payments-api", ...options }: Change, jobs: (build: Build) => void): Build {
  const build = bot.buildkite.build(pipeline, options);
  bot.clock.advance(minute);
  jobs(build);
  bot.clock.advance(minute);
  return build.finish();
}

/** Buildkite loses some deliveries; what follows from the others happens. */
export async function settleWithout(bot: Bot, lost: (delivery: Delivery) => boolean): Promise<void> {
  await send(
    bot,
    bot.buildkite.take().filter((delivery) => !lost(delivery)),
  );
}

/** These deliveries arrive, in this order, and what follows from them happens. */
export async function send(bot: Bot, deliveries: readonly Delivery[]): Promise<void> {
  for (const delivery of deliveries) {
    const { status, body } = await bot.buildkite.send(delivery);
    if (status !== 200) throw new Error(`Cannot deliver ${delivery.event}: ${status} ${body}`);
  }
  await bot.settle();
}

/** Time passes, and what was due in it happens. */
export async function later(bot: Bot, ms: number): Promise<void> {
  bot.clock.advance(ms);
  await bot.settle();
}

/** The first line of what the channel shows, without the menu beside it. */
export function headline(bot: Bot, channel?: string): string {
  return (bot.read(channel).split("\n", 1)[0] ?? "").replace(/ {2}\[⋯\]$/, "");
}

/** The listed jobs, without their bullets. */
export function causes(bot: Bot): string[] {
  return bot
    .read()
    .split("\n")
    .filter((line) => line.startsWith("• "))
    .map((line) => line.slice(2));
}

/** What threads have told, a line each; a log keeps its lines together. */
export function thread(bot: Bot): string[] {
  return bot
    .read()
    .split(/\n(?= {2}[↳⇉] )/)
    .slice(1)
    .map((reply) => reply.slice(4).trimEnd());
}

const looked = new WeakMap<Bot, number>();
/** What Buildkite's REST API was asked since the last look. */
export function asked(bot: Bot): string[] {
  const { requests } = bot.buildkite;
  const from = looked.get(bot) ?? 0;
  looked.set(bot, requests.length);
  return requests.slice(from).map(({ name, status }) => `${name} ${status}`);
}

/** Buildkite's answer to a token that lacks a scope. */
export function notAllowed(scope: string): Fault {
  return { kind: "status", status: 403, body: { message: `Your access token doesn't have the ${scope} scope` } };
}
