/**
 * A slot is an effect in the outside world that must happen once: a message, a build. The outside world cannot promise
 * that, so a slot is claimed before the effect and settled after it; a claim that ended without an answer leaves a doubt.
 */
import { z } from "zod";
import type { Instant } from "../clock.ts";
import type { Organization } from "../domain/ids.ts";
import { type Keys, ttl } from "./keys.ts";
import type { Scripts } from "./scripts.ts";

export interface SlotRef {
  readonly organization: Organization;
  readonly name: string;
}

type Claim<T> =
  | { readonly kind: "done"; readonly result: T; readonly version: number }
  | { readonly kind: "busy"; readonly until: Instant }
  /** `doubt`: an attempt since `firstClaimedAt` may have succeeded; look before acting. */
  | { readonly kind: "granted"; readonly attempt: number; readonly doubt: boolean; readonly firstClaimedAt: Instant };

export interface Slots {
  /** @param leaseMs Longer than the effect can take: after it another process may take the claim over. */
  claim<T extends z.ZodType>(slot: SlotRef, result: T, now: Instant, leaseMs: number): Promise<Claim<z.infer<T>>>;
  /** @returns false when another attempt was faster: then the effect happened twice. */
  done(slot: SlotRef, attempt: number, result: unknown, version?: number): Promise<boolean>;
  /** It certainly did not happen. */
  release(slot: SlotRef, attempt: number): Promise<boolean>;
  /** It may have happened. */
  doubt(slot: SlotRef, attempt: number): Promise<boolean>;
  /** @returns false when a newer version was shown in the meantime, and may have been overwritten just now. */
  shown(slot: SlotRef, version: number, result: unknown): Promise<boolean>;
  /** What is shown may not be what is stored: the next one shows it again. */
  unsure(slot: SlotRef): Promise<void>;
  /** What a slot holds, when it is done. */
  read<T extends z.ZodType>(slot: SlotRef, result: T): Promise<z.infer<T> | null>;
  /** The effect is gone (a person deleted the message): the next claim makes it anew. @param gone What names it. */
  forget(slot: SlotRef, gone: Readonly<Record<string, string>>): Promise<void>;
}

const Reply = z.union([
  z.tuple([z.literal("done"), z.string(), z.coerce.number()]),
  z.tuple([z.literal("busy"), z.coerce.number()]),
  z.tuple([z.literal("granted"), z.number(), z.number(), z.coerce.number()]),
]);

const Done = z.string().nullable();

export function createSlots(scripts: Scripts, keys: Keys): Slots {
  const keyOf = ({ organization, name }: SlotRef): string => keys.slot(organization, name);
  const settle = async (
    slot: SlotRef,
    attempt: number,
    how: string,
    ...result: (string | number)[]
  ): Promise<boolean> => {
    return (await scripts.run("settleSlot", [keyOf(slot)], [attempt, how, ...result])) === 1;
  };
  return {
    async claim(slot, result, now, leaseMs) {
      const reply = Reply.parse(
        await scripts.run("claimSlot", [keyOf(slot)], [now, Math.ceil(now + leaseMs), ttl.slot]),
      );
      switch (reply[0]) {
        case "done":
          return { kind: "done", result: result.parse(JSON.parse(reply[1])), version: reply[2] };
        case "busy":
          return { kind: "busy", until: reply[1] };
        case "granted":
          return { kind: "granted", attempt: reply[1], doubt: reply[2] === 1, firstClaimedAt: reply[3] };
      }
    },
    done: (slot, attempt, result, version = 0) =>
      settle(slot, attempt, "done", JSON.stringify(result), version, ttl.slot),
    release: (slot, attempt) => settle(slot, attempt, "released"),
    doubt: (slot, attempt) => settle(slot, attempt, "doubt"),
    async shown(slot, version, result) {
      return (await scripts.run("renderSlot", [keyOf(slot)], [version, JSON.stringify(result)])) === 1;
    },
    async unsure(slot) {
      await scripts.run("doubtShown", [keyOf(slot)], []);
    },
    async read(slot, result) {
      const done = Done.parse(await scripts.run("readSlot", [keyOf(slot)], [ttl.slot]));
      return done === null ? null : result.parse(JSON.parse(done));
    },
    async forget(slot, gone) {
      await scripts.run("forgetSlot", [keyOf(slot)], Object.entries(gone).flat());
    },
  };
}
