import { describe, expect, it } from "vitest";
import type { SlackStandIn } from "../../sandbox/slack/index.ts";
import { startWithApp } from "./slack-app.ts";
import { ada, clientOf, refused } from "./slack-harness.ts";

const redirect_uri = "https://signalbox.example.com/slack/oauth_redirect";

/** What the browser is sent to by the app, and sent back with. */
async function authorize(slack: SlackStandIn, query: Readonly<Record<string, string>>) {
  const url = new URL(slack.authorizeUrl);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  const response = await fetch(url, { redirect: "manual" });
  if (response.status !== 302) return [response.status, await response.text()] as const;
  const back = new URL(response.headers.get("location") ?? "");
  return [back.origin + back.pathname, Object.fromEntries(back.searchParams)] as const;
}

async function withTeams() {
  const it = await startWithApp();
  const other = it.slack.addTeam({ id: "T2", name: "other", users: [ada], channels: [{ id: "C0OTHER", name: "ci" }] });
  const { clientId: client_id, clientSecret: client_secret } = it.slack.oauth;
  const web = clientOf(it.slack.url, "");
  const access = (more: object) => web.apiCall("oauth.v2.access", { client_id, client_secret, ...more });
  return { ...it, other, client_id, client_secret, access };
}

describe("installing the app", () => {
  it("goes from the page that asks, over a code, to a token of that team", async () => {
    await using it = await withTeams();
    const { client_id } = it;
    const query = { client_id, redirect_uri, state: "s1", scope: "chat:write,commands", team: "T2" };
    const [back, answer] = await authorize(it.slack, query);
    expect([back, answer]).toEqual([redirect_uri, { code: expect.any(String), state: "s1" }]);
    const { code } = Object(answer);
    const installed = await it.access({ code, redirect_uri });
    expect(installed).toMatchObject({
      access_token: it.other.token,
      token_type: "bot",
      scope: "chat:write,commands",
      bot_user_id: "U2BOT",
      app_id: "A0SIGNALBOX",
      team: { id: "T2", name: "other" },
      enterprise: null,
      is_enterprise_install: false,
    });
    const web = clientOf(it.slack.url, it.other.token);
    const { team_id, response_metadata } = await web.auth.test();
    expect([team_id, response_metadata?.scopes]).toEqual(["T2", ["chat:write", "commands"]]);
    await web.chat.postMessage({ channel: "C0OTHER", text: "red" });
    expect(it.other.channel("ci").messages).toMatchObject([{ text: "red", user: "U2BOT" }]);
    expect(await refused(web.chat.postMessage({ channel: "C1", text: "red" }))).toBe("channel_not_found");
    expect(JSON.stringify(it.slack.calls)).not.toContain(it.client_secret);
  });

  it("is refused with the words of Slack", async () => {
    await using it = await withTeams();
    const code = it.slack.issueCode("T2");
    expect(() => it.other.token).toThrow("the app was not installed there");
    expect(await refused(it.access({ code, client_id: "x" }))).toBe("invalid_client_id");
    expect(await refused(it.access({ code, client_secret: "x" }))).toBe("bad_client_secret");
    expect(await refused(it.access({ code: "x" }))).toBe("invalid_code");
    await it.access({ code });
    expect(await refused(it.access({ code }))).toBe("code_already_used");
    const late = it.slack.issueCode("T2");
    it.pass(600_001);
    expect(await refused(it.access({ code: late }))).toBe("invalid_code");
    const { client_id } = it;
    const [, answer] = await authorize(it.slack, { client_id, redirect_uri });
    const { code: other } = Object(answer);
    expect(await refused(it.access({ code: other, redirect_uri: "https://evil.example" }))).toBe("bad_redirect_uri");
    expect(await authorize(it.slack, { client_id: "x", redirect_uri })).toEqual([400, "invalid_client_id"]);
    expect(await authorize(it.slack, { client_id })).toEqual([400, "bad_redirect_uri"]);
    expect(await authorize(it.slack, { client_id, redirect_uri, team: "T9" })).toEqual([400, "invalid_team"]);
  });

  it("gives another token each time, and uninstalling ends them all", async () => {
    await using it = await withTeams();
    await it.access({ code: it.slack.issueCode("T2") });
    const first = it.other.token;
    await it.access({ code: it.slack.issueCode("T2") });
    expect(it.other.token).not.toBe(first);
    expect(await it.other.uninstall()).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(it.received).toMatchObject([
      { team_id: "T2", event: { type: "tokens_revoked", tokens: { bot: ["U2BOT"] } } },
      { team_id: "T2", event: { type: "app_uninstalled" } },
    ]);
    for (const token of [first, it.other.token]) {
      expect(await refused(clientOf(it.slack.url, token).auth.test())).toBe("account_inactive");
    }
    await it.web.auth.test();
  });

  it("ends by a call of the app itself, or by an administrator", async () => {
    await using it = await withTeams();
    const { client_id, client_secret } = it;
    await it.web.apiCall("apps.uninstall", { client_id, client_secret });
    expect(await refused(it.web.auth.test())).toBe("account_inactive");
    await it.access({ code: it.slack.issueCode("T2") });
    it.other.revokeToken();
    expect(await refused(clientOf(it.slack.url, it.other.token).auth.test())).toBe("token_revoked");
  });
});
