/** What most GitHub Apps receive with: Probot's own middleware. Its app does nothing, and stores nothing. */
import { createServer } from "node:http";
import { createNodeMiddleware, createProbot } from "probot";
import { z } from "zod";
import { answerParent } from "./child.ts";

const Order = z.object({
  appId: z.number(),
  privateKey: z.string(),
  secret: z.string(),
  path: z.string(),
  /** Without any handler Probot makes no context, and no client, for the event. */
  handler: z.boolean(),
});
export type ProbotOrder = z.infer<typeof Order>;

const { appId, privateKey, secret, path, handler } = Order.parse(JSON.parse(process.argv[2] ?? "{}"));
const middleware = await createNodeMiddleware(
  (app) => {
    if (handler) app.on(["pull_request", "pull_request_review"], async () => {});
  },
  { probot: createProbot({ overrides: { appId, privateKey, secret } }), webhooksPath: path },
);

const server = createServer((request, response) => void middleware(request, response));
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot start Probot: it has no TCP port");
  answerParent(`http://127.0.0.1:${address.port}`);
});
