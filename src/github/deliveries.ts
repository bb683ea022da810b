/** GitHub's list of the webhooks that it tried to deliver, newest first, page by page. */
import { z } from "zod";
import type { Delivery } from "../domain/redelivery.ts";
import type { GithubClient } from "./client.ts";

// The ids have grown beyond the numbers that JavaScript can tell apart.
const Id = z
  .union([z.number(), z.bigint(), z.string()])
  .transform(String)
  .pipe(z.string().regex(/^\d{1,30}$/));
const Body = z.object({
  id: Id,
  guid: z.string().regex(/^[\w-]{1,64}$/),
  delivered_at: z
    .string()
    .transform((time) => Date.parse(time))
    .pipe(z.number()),
  redelivery: z.boolean().catch(false),
  status_code: z.number().catch(0),
});

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** Where the next page begins; null: there is none. */
  readonly next: string | null;
}

/** @param cursor null: from the newest. */
export async function listDeliveries(github: GithubClient, cursor: string | null): Promise<DeliveryPage> {
  const { data, headers } = await github.callAsApp({
    name: "apps.listWebhookDeliveries",
    method: "GET",
    path: "/app/hook/deliveries",
    parameters: { per_page: 100, ...(cursor !== null && { cursor }) },
  });
  const deliveries = z
    .array(z.unknown())
    .parse(data)
    .flatMap((item) => {
      const body = Body.safeParse(item).data;
      if (body === undefined) return [];
      const { id, guid, delivered_at: at, redelivery: again, status_code: status } = body;
      return [{ id, guid, at, again, status }];
    });
  return { deliveries, next: cursorIn(String(headers.link ?? "")) };
}

/** @returns whether GitHub will: it no longer has what is older than three days. */
export async function askForDelivery(github: GithubClient, { id }: Delivery): Promise<boolean> {
  const { status } = await github.callAsApp({
    name: "apps.redeliverWebhookDelivery",
    method: "POST",
    path: "/app/hook/deliveries/{delivery_id}/attempts",
    parameters: { delivery_id: id },
    expected: [400, 404, 422],
  });
  return status < 300;
}

/** Only the cursor is taken from the address: where to ask is not for an answer to say. */
function cursorIn(link: string): string | null {
  const address = /<([^<>]+)>;\s*rel="next"/.exec(link)?.[1];
  return address === undefined ? null : (URL.parse(address)?.searchParams.get("cursor") ?? null);
}
