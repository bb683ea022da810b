/**
 * The names of things. An id is made here and nowhere else, so a value that has one of these types has been checked.
 *
 * What webhooks bring is asked by the functions called `is…`: they make the same check for a fraction of the time.
 */
import { z } from "zod";

const slug = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,118}[A-Za-z0-9])?$/;

export const Organization = z.string().regex(slug, "not an organization slug").brand<"Organization">();
export type Organization = z.infer<typeof Organization>;

export function isOrganization(value: unknown): value is Organization {
  return typeof value === "string" && slug.test(value);
}

export const Pipeline = z.string().regex(slug, "not a pipeline slug").brand<"Pipeline">();
export type Pipeline = z.infer<typeof Pipeline>;

export function isPipeline(value: unknown): value is Pipeline {
  return typeof value === "string" && slug.test(value);
}

const uuid = /^[0-9a-f-]{1,64}$/i;

export const JobId = z.string().regex(uuid, "not a job id").brand<"JobId">();
export type JobId = z.infer<typeof JobId>;

export function isJobId(value: unknown): value is JobId {
  return isUuid(value);
}

export function isUuid(value: unknown): value is string {
  return typeof value === "string" && uuid.test(value);
}

export const AlertId = z
  .string()
  .regex(/^[0-9a-z]{1,16}-[0-9]{1,12}$/, "not an alert id")
  .brand<"AlertId">();
export type AlertId = z.infer<typeof AlertId>;

export const MuteId = z
  .string()
  .regex(/^[0-9a-f]{10}$/, "not a mute id")
  .brand<"MuteId">();
export type MuteId = z.infer<typeof MuteId>;

/** A person's id in Slack. On Enterprise Grid it may begin with W. */
export const SlackUser = z
  .string()
  .regex(/^[UW][A-Z0-9]{2,20}$/, "not a Slack user: use the member id (U…)")
  .brand<"SlackUser">();
export type SlackUser = z.infer<typeof SlackUser>;

export const SlackGroup = z
  .string()
  .regex(/^S[A-Z0-9]{2,20}$/, "not a Slack user group: use its id (S…)")
  .brand<"SlackGroup">();
export type SlackGroup = z.infer<typeof SlackGroup>;

/** Who answers for something: a user group or a person of Slack. */
export const Owner = z.union([SlackGroup, SlackUser]);
export type Owner = z.infer<typeof Owner>;

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
  const [, organization, pipeline, digits] = match;
  const number = Number(digits);
  return isOrganization(organization) && isPipeline(pipeline) && number > 0 ? { organization, pipeline, number } : null;
}

/** Reads what a check run of ours carries, `<organization>/<pipeline>/<number>`; null when it is not that. */
export function buildRefFromExternalId(id: string): BuildRef | null {
  const [organization, pipeline, digits = "", ...rest] = id.split("/");
  if (rest.length > 0 || !/^[1-9]\d{0,11}$/.test(digits)) return null;
  return isOrganization(organization) && isPipeline(pipeline)
    ? { organization, pipeline, number: Number(digits) }
    : null;
}
