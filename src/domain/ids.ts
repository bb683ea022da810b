/**
 * The names of things. An id is made here and nowhere else, so a value that has one of these types has been checked.
 */
import { z } from "zod";

const slug = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,118}[A-Za-z0-9])?$/;

export const Organization = z.string().regex(slug, "not an organization slug").brand<"Organization">();
export type Organization = z.infer<typeof Organization>;

export const Pipeline = z.string().regex(slug, "not a pipeline slug").brand<"Pipeline">();
export type Pipeline = z.infer<typeof Pipeline>;

export const JobId = z
  .string()
  .regex(/^[0-9a-f-]{1,64}$/i, "not a job id")
  .brand<"JobId">();
export type JobId = z.infer<typeof JobId>;

export const AlertId = z
  .string()
  .regex(/^[0-9a-z]{1,16}-[0-9]{1,12}$/, "not an alert id")
  .brand<"AlertId">();
export type AlertId = z.infer<typeof AlertId>;

/** A Slack channel: an id (`C…`, `D…`, `G…`) or, in settings only, a `#name`. */
export const Channel = z
  .string()
  .regex(/^(?:[CDG][A-Z0-9]{2,}|#[^\s#]{1,80})$/, "not a Slack channel: use its id (C…), or #name")
  .brand<"Channel">();
export type Channel = z.infer<typeof Channel>;

/** Build numbers count per pipeline: two pipelines have a build 42 each. */
export interface BuildRef {
  readonly organization: Organization;
  readonly pipeline: Pipeline;
  readonly number: number;
}

export interface BranchRef {
  readonly organization: Organization;
  readonly pipeline: Pipeline;
  readonly branch: string;
}

const buildPath = /\/organizations\/([^/]+)\/pipelines\/([^/]+)\/builds\/(\d{1,12})(?:[/?#]|$)/;

/** Reads organization, pipeline and number out of a Buildkite REST address; null when it is not one. The host is ignored. */
export function buildRefFromUrl(url: string): BuildRef | null {
  const match = buildPath.exec(url);
  if (match === null) return null;
  const organization = Organization.safeParse(match[1]);
  const pipeline = Pipeline.safeParse(match[2]);
  const number = Number(match[3]);
  if (!organization.success || !pipeline.success || number < 1) return null;
  return { organization: organization.data, pipeline: pipeline.data, number };
}
