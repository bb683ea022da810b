/** What Slack sends of the fields of a dialog, by block id. Each block of ours has one input. */
import { z } from "zod";
import type { Instant } from "../../clock.ts";

const Field = z.object({
  value: z.string().nullish(),
  selected_option: z.object({ value: z.string() }).nullish(),
  /** In seconds. */
  selected_date_time: z.number().nullish(),
});
const State = z.record(z.string(), z.record(z.string(), Field.catch({}))).catch({});

export interface Values {
  /** Trimmed; null when there is nothing to see. */
  text(block: string): string | null;
  choice(block: string): string | null;
  instant(block: string): Instant | null;
}

export function valuesOf(state: unknown): Values {
  const blocks = State.parse(state);
  const field = (block: string) => Object.values(blocks[block] ?? {})[0];
  return {
    text: (block) => field(block)?.value?.trim() || null,
    choice: (block) => field(block)?.selected_option?.value ?? null,
    instant: (block) => {
      const seconds = field(block)?.selected_date_time;
      return seconds === undefined || seconds === null ? null : seconds * 1000;
    },
  };
}

/** @returns null when it is not what we wrote: the dialog is of another version of Signalbox. */
export function metadataOf<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
