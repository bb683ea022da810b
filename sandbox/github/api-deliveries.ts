/** What the webhook was told, and asking for it again. */
import type { HttpAnswer } from "../http.ts";
import { type Call, linkTo, notFound, pageOf, parseJson, type Route } from "./api-call.ts";
import { time } from "./json.ts";
import type { Attempt } from "./webhooks.ts";

export const deliveryRoutes: readonly Route[] = [
  { name: "apps.listWebhookDeliveries", path: "GET /app/hook/deliveries", as: "app", handle: list },
  { name: "apps.getWebhookDelivery", path: "GET /app/hook/deliveries/:id", as: "app", handle: get },
  {
    name: "apps.redeliverWebhookDelivery",
    path: "POST /app/hook/deliveries/:id/attempts",
    as: "app",
    handle: redeliver,
  },
];

/** Newest first; the cursor names the last that was seen. */
function list(call: Call): HttpAnswer {
  const { query } = call.request;
  const { size } = pageOf(call, 30);
  const cursor = query.get("cursor");
  const before = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor.replace(/^v1_/, ""));
  const wanted = query.get("status");
  const found = call.webhooks.attempts
    .filter(({ id, statusCode }) => {
      const state = statusCode >= 400 ? "failure" : "success";
      return id < before && (wanted === null || wanted === state);
    })
    .sort((one, other) => other.id - one.id);
  const shown = found.slice(0, size);
  const last = shown.at(-1);
  const more = last !== undefined && found.length > size;
  const headers = more ? { link: `<${linkTo(call, { cursor: `v1_${last.id}` })}>; rel="next"` } : {};
  return { status: 200, headers, body: shown.map(attemptJson) };
}

function find({ webhooks, params }: Call): Attempt | undefined {
  return webhooks.attempts.find(({ id }) => id === Number(params.id));
}

function get(call: Call): HttpAnswer {
  const found = find(call);
  if (found === undefined) return notFound();
  const request = { headers: call.webhooks.headers(found), payload: parseJson(found.body) };
  const response = { headers: {}, payload: found.answer };
  return { status: 200, body: { ...attemptJson(found), url: call.webhooks.url, request, response } };
}

function redeliver(call: Call): HttpAnswer {
  const found = find(call);
  if (found === undefined) return notFound();
  call.webhooks.redeliver(found);
  return { status: 202, body: {} };
}

function attemptJson(attempt: Attempt) {
  return {
    id: attempt.id,
    guid: attempt.guid,
    delivered_at: time(attempt.deliveredAt),
    redelivery: attempt.redelivery,
    duration: 0.03,
    status: attempt.status,
    status_code: attempt.statusCode,
    event: attempt.event,
    action: attempt.action,
    installation_id: attempt.installationId,
    repository_id: attempt.repositoryId,
    throttled_at: null,
  };
}
