import { describe, expect, it } from "vitest";
import { verifyBuildkite } from "../../src/ingress/buildkite-auth.ts";
import { readFixture, secret, signatures, signedAt } from "./harness.ts";

// Published in go-buildkite's webhook_test.go.
const ping =
  '{"event":"ping","service":{"id":"c9f8372d-c0cd-43dc-9274-768a875cf6ca","provider":"webhook","settings":{"url":"https://server.com/webhooks"}},"organization":{"id":"49801950-1df0-474f-bb56-ad6a930c5cb9","graphql_id":"T3JnYW5pemF0aW9uLS0tZTBmMzk3MgsTksGkxOWYtZTZjNzczZTJiYjEy","url":"https://api.buildkite.com/v2/organizations/acme-inc","web_url":"https://buildkite.com/acme-inc","name":"ACME Inc","slug":"acme-inc","agents_url":"https://api.buildkite.com/v2/organizations/acme-inc/agents","emojis_url":"https://api.buildkite.com/v2/organizations/acme-inc/emojis","created_at":"2021-02-03T20:34:10.486Z","pipelines_url":"https://api.buildkite.com/v2/organizations/acme-inc/pipelines"},"sender":{"id":"c9f8372d-c0cd-43dc-9269-bcbb7f308e3f","name":"ACME Man"}}';

describe("the signature of a webhook", () => {
  it.each([
    [secret, 1642080837, ping, "582d496ac2d869dd97a3101c4cda346288c49a742592daf582ec64c86449f79c"],
    [
      "s3cret-webhook-token",
      1700000000,
      '{"event":"ping"}',
      "9673e2af3c8e5f07b5a4930102affa57da9ecc5b7d4e4a672873e61c81ab0bef",
    ],
    [
      "s3cret-webhook-token",
      1700000000,
      '{"event":"ping","name":"Zoë 🚀"}',
      "6be0286c922c63f95a52f9c978ff392e22fe0867518f852123974c99455d4c4c",
    ],
  ])("is known for the key %s at %i", (key, timestamp, body, digest) => {
    expect(verify(Buffer.from(body), `timestamp=${timestamp},signature=${digest}`, key, timestamp)).toEqual({
      ok: true,
    });
    expect(verify(Buffer.from(`${body} `), `timestamp=${timestamp},signature=${digest}`, key, timestamp)).toEqual({
      ok: false,
      reason: "bad_signature",
    });
  });

  it.each(Object.entries(signatures))("is good for the exact bytes of %s", (name, header) => {
    expect(verify(readFixture(name), header, secret, signedAt)).toEqual({ ok: true });
  });

  it("is asked for its age only when it is good", () => {
    const [name = "", header = ""] = Object.entries(signatures)[0] ?? [];
    const late = signedAt + 301;
    expect(verify(readFixture(name), header, secret, late)).toEqual({ ok: false, reason: "stale" });
    expect(verify(readFixture(name), header, "another", late)).toEqual({ ok: false, reason: "bad_signature" });
  });
});

function verify(raw: Buffer, signature: string, key: string, seconds: number) {
  const auth = { mode: "signature", tokens: [key] } as const;
  return verifyBuildkite(raw, { signature: [signature], token: [] }, auth, seconds * 1000);
}
