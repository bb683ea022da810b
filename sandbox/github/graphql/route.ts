/** `POST /graphql`: 200 whatever comes of the query, unless it cannot be read at all. */
import { z } from "zod";
import type { HttpAnswer } from "../../http.ts";
import { allows, sees } from "../access.ts";
import { type Call, failure, notFound, parseJson, type Route } from "../api-call.ts";
import { execute } from "./execute.ts";

export const graphqlRoute: Route = { name: "graphql", path: "POST /graphql", as: "installation", handle: answer };

const Asked = z.object({ query: z.string(), variables: z.record(z.string(), z.unknown()).nullish() });

function answer({ world, request, caller }: Call): HttpAnswer {
  if (caller.kind !== "installation") return notFound();
  const parsed = Asked.safeParse(parseJson(request.body));
  if (!parsed.success) return failure(400, "Problems parsing JSON");
  const { token } = caller;
  const body = execute(parsed.data.query, parsed.data.variables ?? {}, {
    world,
    sees: (repository) => sees(token, repository),
    allowed: (need) => allows(token, [need]),
  });
  return { status: 200, body };
}
