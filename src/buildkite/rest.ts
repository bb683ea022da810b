/** How the REST API names builds, and how its answers are read. */
import type { z } from "zod";
import type { BuildRef } from "../domain/ids.ts";
import { type Answer, failure, type Request } from "./http.ts";

export type PipelineRef = Pick<BuildRef, "organization" | "pipeline">;

export function nameOf({ organization, pipeline, number }: BuildRef): string {
  return `build ${organization}/${pipeline}#${number}`;
}

export function pathOf({ organization, pipeline }: PipelineRef): readonly string[] {
  return ["organizations", organization, "pipelines", pipeline, "builds"];
}

export function readJson<Schema extends z.ZodType>(
  request: Request,
  { body }: Answer,
  schema: Schema,
): z.infer<Schema> {
  try {
    return schema.parse(JSON.parse(body.toString("utf8")));
  } catch (cause) {
    throw unexpected(request, cause);
  }
}

export function unexpected(request: Request, cause: unknown): Error {
  return failure(request, "Buildkite's answer has an unexpected form", { cause });
}
