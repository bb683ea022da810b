/** What the app may write of a check run, and how much of it. */
import { z } from "zod";
import type { Instant } from "../../src/clock.ts";
import type { CheckContent } from "./checks.ts";

const long = z.string().max(65_535);
const when = z.iso.datetime({ offset: true });

const Annotation = z.object({
  path: z.string().min(1),
  start_line: z.number().int(),
  end_line: z.number().int(),
  start_column: z.number().int().optional(),
  end_column: z.number().int().optional(),
  annotation_level: z.enum(["notice", "warning", "failure"]),
  message: z.string().max(65_536),
  title: z.string().max(255).optional(),
  raw_details: z.string().max(65_536).optional(),
});

const Output = z.object({
  title: z.string().max(255),
  summary: long,
  text: long.optional(),
  annotations: z.array(Annotation).max(50, "Only 50 annotations can be sent per request").optional(),
});

const Action = z.object({
  label: z.string().min(1).max(20),
  description: z.string().min(1).max(40),
  identifier: z.string().min(1).max(20),
});

const conclusions = ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out"] as const;

const shared = {
  details_url: z.url({ protocol: /^https?$/ }).optional(),
  external_id: z.string().optional(),
  status: z.enum(["queued", "in_progress", "completed"]).optional(),
  conclusion: z.enum(conclusions).optional(),
  started_at: when.optional(),
  completed_at: when.optional(),
  actions: z.array(Action).max(3).optional(),
};

const needsConclusion = "conclusion is required when status is completed";
const concluded = (input: { readonly status?: unknown; readonly conclusion?: unknown }): boolean =>
  input.status !== "completed" || input.conclusion !== undefined;

export const NewCheckRun = z
  .object({ name: z.string().min(1), head_sha: z.string(), ...shared, output: Output.optional() })
  .refine(concluded, { message: needsConclusion, path: ["conclusion"] });

export const UpdatedCheckRun = z
  .object({ name: z.string().min(1).optional(), ...shared, output: Output.partial({ title: true }).optional() })
  .refine(concluded, { message: needsConclusion, path: ["conclusion"] });

export type CheckInput = Omit<z.infer<typeof UpdatedCheckRun>, "name">;

/** Only what was said. A conclusion completes the run; another status takes the conclusion back. */
export function checkContent(input: CheckInput, now: Instant): Partial<CheckContent> {
  const { details_url, external_id, conclusion, started_at, completed_at, actions, output } = input;
  const status = conclusion === undefined ? input.status : "completed";
  const content: Partial<CheckContent> = {};
  if (details_url !== undefined) content.detailsUrl = details_url;
  if (external_id !== undefined) content.externalId = external_id;
  if (status !== undefined) {
    content.status = status;
    content.conclusion = conclusion ?? null;
    content.completedAt = status === "completed" ? now : null;
  }
  if (started_at !== undefined) content.startedAt = Date.parse(started_at);
  if (completed_at !== undefined) content.completedAt = Date.parse(completed_at);
  if (actions !== undefined) content.actions = actions;
  if (output !== undefined) {
    if (output.title !== undefined) content.title = output.title;
    content.summary = output.summary;
    content.text = output.text ?? null;
  }
  return content;
}
