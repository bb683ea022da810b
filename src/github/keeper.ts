/**
 * Puts something onto GitHub once, and keeps it up to date. GitHub has no way to make creating idempotent, so: claim,
 * create with a marker, settle; after a crash or an unclear answer, look for the marker before creating again.
 */
import { z } from "zod";
import type { Clock, Instant } from "../clock.ts";
import { digestOf } from "../digest.ts";
import { Later } from "../later.ts";
import type { SlotRef, Slots } from "../state/slots.ts";
import { GithubRefused, GithubUnclear } from "./client.ts";

/** What GitHub shows in a slot. */
export const Kept = z.object({
  /** In digits; a text, so that no number's spelling matters. */
  id: z.string(),
  /** Of what is shown; null when an unclear answer hides what it is. */
  hash: z.string().nullable(),
  stage: z.string(),
  shownAt: z.number(),
  /** What whoever keeps it wants to know the next time. */
  memory: z.string().nullable(),
});
export type Kept = z.infer<typeof Kept>;

export interface Thing {
  readonly slot: SlotRef;
  /** When what it shows was read: an older reading never replaces a newer one. */
  readonly version: Instant;
  /** All that is shown. */
  readonly content: unknown;
  readonly memory: string | null;
  /** In a word, what it says; while this stays the same, and more is to come, it is not edited all the time. */
  readonly stage: string;
  readonly settled: boolean;
  /** Looks for what an earlier attempt has made. @returns its id, or null. */
  find(): Promise<string | null>;
  /** Whether to look for it even when nothing is known of an earlier attempt: Redis may have forgotten. */
  readonly alwaysLook: boolean;
  /** @returns its id; null when GitHub has no place for it. */
  create(): Promise<string | null>;
  /** @returns what became of it; `stuck`: GitHub does not let it say this any more, and another one has to. */
  edit(kept: Kept): Promise<"edited" | "stuck" | "nowhere">;
  /** Takes away one too many; null where that is not possible: then the newest is the one that counts. */
  readonly remove: ((id: string) => Promise<void>) | null;
}

type KeepResult =
  /** GitHub shows it. */
  | { readonly kind: "shown"; readonly how: "created" | "adopted" | "edited" | "unchanged" }
  /** GitHub lets us show nothing there: not installed, suspended, without the permission, gone. */
  | { readonly kind: "nowhere"; readonly why: string; readonly surprising: boolean }
  /** It was edited a moment ago, and more may come; or somebody deleted it, and whoever keeps it may not begin another one. */
  | { readonly kind: "look again"; readonly at: Instant };

export interface KeeperOptions {
  readonly slots: Slots;
  readonly clock: Clock;
  /** More than twice what creating something may take: with it go a token, and where the app is installed. */
  readonly leaseMs: number;
}

export interface Keeper {
  keep(thing: Thing): Promise<KeepResult>;
}

/** Between two edits that say nothing really new. */
const paceMs = 10_000;

export function createKeeper(options: KeeperOptions): Keeper {
  return { keep: (thing) => keep(thing, options) };
}

async function keep(thing: Thing, options: KeeperOptions): Promise<KeepResult> {
  try {
    return await show(thing, options, 0);
  } catch (error) {
    if (!(error instanceof GithubRefused && hopeless.has(error.status))) throw error;
    // It will not be otherwise until somebody changes it over there.
    const surprising = error.status === 422 && !unknownCommit.test(error.message);
    return { kind: "nowhere", why: error.message, surprising };
  }
}

/** No right to, not there or gone; 422: a commit that GitHub does not have, or else our mistake. */
const hopeless = new Set([403, 404, 410, 422, 451]);
const unknownCommit = /no commit found/i;

async function show(thing: Thing, options: KeeperOptions, replaced: number): Promise<KeepResult> {
  const { slots, clock, leaseMs } = options;
  const { slot, version } = thing;
  const claim = await slots.claim(slot, Kept, clock.now(), leaseMs);
  if (claim.kind === "busy") throw new Later("another run makes this on GitHub", claim.until);
  if (claim.kind === "done") return update(thing, claim.result, claim.version, options, replaced);
  const claimedAt = clock.now();
  const found = claim.doubt || thing.alwaysLook ? await lookFor(thing, claim, options) : null;
  if (found !== null) {
    const kept = { id: found, hash: null, stage: "", shownAt: 0, memory: null };
    await slots.done(slot, claim.attempt, kept);
    return update(thing, kept, 0, options, replaced);
  }
  if (clock.now() - claimedAt > leaseMs / 2) {
    await slots.doubt(slot, claim.attempt);
    throw new Later("looking on GitHub took too long to create under the same claim", clock.now());
  }
  const id = await createOrSettle(thing, claim.attempt, options);
  if (id === null) return nowhere;
  if (await slots.done(slot, claim.attempt, keptNow(thing, id, clock.now()), version)) return shown("created");
  // This process overslept its claim, and another one created meanwhile.
  if (thing.remove === null) await slots.shown(slot, version, keptNow(thing, id, clock.now()));
  else await thing.remove(id);
  return show(thing, options, replaced);
}

const nowhere: KeepResult = { kind: "nowhere", why: "the app is not installed there, or may not", surprising: false };

async function lookFor(
  thing: Thing,
  { attempt, doubt }: { readonly attempt: number; readonly doubt: boolean },
  { slots }: KeeperOptions,
): Promise<string | null> {
  try {
    return await thing.find();
  } catch (error) {
    await (doubt ? slots.doubt(thing.slot, attempt) : slots.release(thing.slot, attempt));
    throw error;
  }
}

async function createOrSettle(thing: Thing, attempt: number, { slots }: KeeperOptions): Promise<string | null> {
  try {
    const id = await thing.create();
    if (id === null) await slots.release(thing.slot, attempt);
    return id;
  } catch (error) {
    await (error instanceof GithubUnclear ? slots.doubt(thing.slot, attempt) : slots.release(thing.slot, attempt));
    throw error;
  }
}

async function update(
  thing: Thing,
  kept: Kept,
  version: Instant,
  options: KeeperOptions,
  replaced: number,
): Promise<KeepResult> {
  const { slots, clock } = options;
  const { slot } = thing;
  if (version > thing.version || kept.hash === hashOf(thing.content)) return shown("unchanged");
  const pacedUntil = kept.shownAt + paceMs;
  if (!thing.settled && kept.stage === thing.stage && kept.hash !== null && pacedUntil > clock.now()) {
    return { kind: "look again", at: pacedUntil };
  }
  const result = await edited(thing, kept, options);
  if (result === "nowhere") return nowhere;
  if (result === "gone") return { kind: "look again", at: clock.now() };
  if (result === "stuck") {
    if (replaced > 0) throw new Error(`Cannot edit ${slot.name} on GitHub: a new one is stuck as well`);
    await slots.forget(slot, { id: kept.id });
    return show(thing, options, replaced + 1);
  }
  // Somebody showed a newer state while we showed an older one, and GitHub may have got ours last: show the newest again.
  if (!(await slots.shown(slot, thing.version, keptNow(thing, kept.id, clock.now())))) {
    await slots.unsure(slot);
    throw new Later("a newer state was shown meanwhile", clock.now());
  }
  return shown(kept.hash === null && kept.shownAt === 0 ? "adopted" : "edited");
}

/** @returns `gone`: somebody deleted it. */
async function edited(
  thing: Thing,
  kept: Kept,
  { slots }: KeeperOptions,
): Promise<"edited" | "stuck" | "gone" | "nowhere"> {
  try {
    return await thing.edit(kept);
  } catch (error) {
    // No clear answer: nobody knows what GitHub shows now, so the next run shows it again.
    if (error instanceof GithubUnclear) await slots.unsure(thing.slot);
    if (error instanceof GithubRefused && error.status === 404) {
      await slots.forget(thing.slot, { id: kept.id });
      // One that was only found, and never shown by us, is listed and cannot be edited: it would be found again and again.
      if (kept.shownAt > 0) return "gone";
    }
    throw error;
  }
}

function keptNow({ content, stage, memory }: Thing, id: string, now: Instant): Kept {
  return { id, hash: hashOf(content), stage, shownAt: now, memory };
}

function shown(how: "created" | "adopted" | "edited" | "unchanged"): KeepResult {
  return { kind: "shown", how };
}

function hashOf(content: unknown): string {
  return digestOf(JSON.stringify(content));
}
