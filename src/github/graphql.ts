/** One GraphQL query. GitHub answers 200 to most that it does not do, so the answer must be read to know. */
import { z } from "zod";
import type { Clock } from "../clock.ts";
import { toLine } from "../values.ts";
import type { Call, Identity } from "./call.ts";
import { GithubRefused, GithubUnclear } from "./client.ts";
import { pauseAfterErrors } from "./limits.ts";

const Body = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.object({ type: z.string().optional(), message: z.string().optional() })).optional(),
});

/** What was asked for is not there, or not for us: `null` in the place of it says so, and the rest is as it should be. */
const partial = new Set(["NOT_FOUND", "FORBIDDEN"]);

export interface GraphqlQuery {
  readonly name: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export function createGraphql({ call, apiUrl, clock }: { call: Call; apiUrl: string; clock: Clock }) {
  // An Enterprise Server has it beside `v3`, not below.
  const path = `${apiUrl.replace(/\/v3$/, "")}/graphql`;

  return async (as: Identity, { name, query, variables }: GraphqlQuery): Promise<unknown> => {
    const answer = await call(as, { name, method: "POST", path, parameters: { query, variables } }, "graphql");
    const body = Body.safeParse(answer.data);
    if (!body.success) throw new GithubUnclear(name, { cause: body.error });
    const { data, errors = [] } = body.data;
    const told = pauseAfterErrors(answer, errors, clock.now());
    if (told !== null) throw await call.pause(as, name, told.until, told.resources);
    const said = toLine(errors.map(({ message }) => message).join("; "), 300) ?? "no data";
    // An error without a type is one of GitHub's own: a query that took too long, with half of its data.
    if (errors.some(({ type }) => type === undefined)) throw new GithubUnclear(name, { cause: new Error(said) });
    if (data === null || data === undefined || errors.some(({ type = "" }) => !partial.has(type))) {
      throw new GithubRefused(name, answer.status, ` (${said})`);
    }
    return data;
  };
}
