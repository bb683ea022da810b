/** Sends one webhook: some time for the answer, and no second try. */
import { type Agent, request } from "node:http";

export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
}

interface Posting {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
  readonly agent: Agent;
  readonly timeoutMs: number;
}

/** Rejects when there is no answer. */
export function post({ url, headers, body, agent, timeoutMs }: Posting): Promise<WebhookAnswer> {
  return new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    const options = {
      method: "POST",
      agent,
      timeout: timeoutMs,
      headers: { ...headers, "Content-Length": bytes.length },
    };
    const sending = request(url, options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
      response.on("error", reject);
    });
    sending.on("timeout", () => sending.destroy(new Error(`Cannot deliver a webhook: no answer in ${timeoutMs} ms`)));
    sending.on("error", reject);
    sending.end(bytes);
  });
}
