import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { startTestIngress } from "./harness.ts";

const path = "/github/webhooks";
const body = '{"action":"opened","title":"Zoë 🚀"}';

describe("a webhook of GitHub", () => {
  it("is answered with what to set while the GitHub part is off", async () => {
    await using ingress = await startTestIngress();
    const answer = await ingress.send(path, { method: "POST", body, headers: signed(body, "any") });
    expect(answer.status).toBe(404);
    expect(answer.body).toBe(
      "The GitHub part is off: set WEBHOOK_SECRET to the secret of your GitHub App's webhook to turn it on.\n",
    );
  });

  it("is verified with each of the secrets, and has no consequence yet", async () => {
    await using ingress = await startTestIngress({ githubSecrets: ["old", "new"] });
    for (const secret of ["old", "new"]) {
      const headers = { ...signed(body, secret), "x-github-event": "pull_request" };
      expect(await ingress.send(path, { method: "POST", body, headers })).toMatchObject({
        status: 200,
        body: "ignored: no GitHub event is handled yet\n",
      });
    }
    expect(ingress.events).toEqual([]);
    expect(ingress.logLines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 20, event: "pull_request", reason: "no GitHub event is handled yet" },
      { level: 20, event: "pull_request" },
    ]);
  });

  it.each([
    ["no signature", {}],
    ["an empty signature", { "x-hub-signature-256": "" }],
    ["a signature with another secret", signed(body, "other")],
    ["a signature of another body", signed(`${body} `, "secret")],
    ["the signature twice", { "x-hub-signature-256": Object.values(signed(body, "secret")).flatMap((x) => [x, x]) }],
    ["a SHA-1 signature", { "x-hub-signature": "sha1=7f38d63e5b4bc57e5a2a4ddf9a8fd4f7a0bba0e1" }],
    [
      "the digest without its algorithm",
      { "x-hub-signature-256": createHmac("sha256", "secret").update(body).digest("hex") },
    ],
  ])("is refused with %s", async (_, headers) => {
    await using ingress = await startTestIngress({ githubSecrets: ["secret"] });
    expect(await ingress.send(path, { method: "POST", body, headers })).toMatchObject({
      status: 401,
      body: "Not authenticated.\n",
    });
  });

  it.each([
    ["empty", "", 401],
    ["not JSON", "payload=%7B%7D", 400],
    ["not an object", "[]", 400],
  ])("is refused when its body is %s", async (_, body, status) => {
    await using ingress = await startTestIngress({ githubSecrets: ["secret"] });
    expect(await ingress.send(path, { method: "POST", body, headers: signed(body, "secret") })).toMatchObject({
      status,
    });
  });

  it("is refused when its bytes are no UTF-8", async () => {
    await using ingress = await startTestIngress({ githubSecrets: ["secret"] });
    const body = Buffer.from('{"a":"\xff"}', "latin1");
    expect(await ingress.send(path, { method: "POST", body, headers: signed(body, "secret") })).toMatchObject({
      status: 401,
    });
  });
});

function signed(body: string | Buffer, secret: string) {
  return { "x-hub-signature-256": `sha256=${createHmac("sha256", secret).update(body).digest("hex")}` };
}
