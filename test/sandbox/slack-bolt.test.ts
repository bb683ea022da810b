/** The stand-in against Slack's own framework: what it sends must be what Bolt takes for a request of Slack. */
import { createServer, type Server } from "node:http";
import { App, HTTPReceiver, type Installation } from "@slack/bolt";
import { expect, it } from "vitest";
import { type SlackStandIn, startSlack } from "../../sandbox/slack/index.ts";
import { systemClock } from "../../src/clock.ts";
import { alertBlocks, button, muteView } from "./slack-app.ts";
import { ada, clientOf, silent } from "./slack-harness.ts";

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot start the app: it has no TCP port");
  return `http://127.0.0.1:${address.port}`;
}

async function startBolt(slack: SlackStandIn) {
  const clientOptions = { slackApiUrl: slack.url, retryConfig: { retries: 0 } };
  const stored = new Map<string, Installation>();
  const receiver = new HTTPReceiver({
    signingSecret,
    ...slack.oauth,
    stateSecret: "state",
    scopes: ["chat:write", "commands"],
    logger: silent,
    redirectUri: "http://localhost/slack/oauth_redirect",
    installationStore: {
      async storeInstallation(installation: Installation) {
        stored.set(installation.team?.id ?? "", installation);
      },
      async fetchInstallation({ teamId = "" }) {
        const installation = stored.get(teamId);
        if (installation === undefined) throw new Error(`Cannot find ${teamId}: it is not installed`);
        return installation;
      },
    },
    installerOptions: {
      directInstall: true,
      redirectUriPath: "/slack/oauth_redirect",
      authorizationUrl: slack.authorizeUrl,
      clientOptions,
    },
  });
  const app = new App({ receiver, clientOptions, logger: silent });
  const server = createServer(receiver.requestListener);
  const url = await listen(server);
  slack.connect({ url: `${url}/slack/events`, signingSecret, clock: systemClock });
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { app, url, stored, [Symbol.asyncDispose]: stop };
}

/** What a browser does with the three redirects of an installation. */
async function install(url: string): Promise<number> {
  const start = await fetch(`${url}/slack/install`, { redirect: "manual" });
  const cookie = start.headers.get("set-cookie")?.split(";")[0] ?? "";
  const agreed = await fetch(start.headers.get("location") ?? "", { redirect: "manual" });
  const back = new URL(agreed.headers.get("location") ?? "");
  return (await fetch(url + back.pathname + back.search, { headers: { cookie } })).status;
}

it("a whole day of a person is understood by Bolt", async () => {
  await using slack = await startSlack({ users: [ada], channels: [{ id: "C1", name: "ci" }], clock: systemClock });
  await using bolt = await startBolt(slack);
  const done: string[] = [];
  bolt.app.action("alert.acknowledge", async ({ ack, respond, body }) => {
    await ack();
    await respond(`yours, ${body.user.id}`);
  });
  bolt.app.action("alert.mute", async ({ ack, body, client }) => {
    await ack();
    if (!("trigger_id" in body)) throw new Error("Cannot open the dialog: the click has no trigger");
    await client.apiCall("views.open", { trigger_id: body.trigger_id, view: muteView });
  });
  bolt.app.view("mute.submit", async ({ ack, view }) => {
    done.push(`mute ${view.state.values.until?.["mute.until"]?.selected_option?.value}`);
    await ack({ response_action: "clear" });
  });
  bolt.app.command("/signalbox", async ({ ack, command }) => {
    await ack(`you said ${command.text}`);
  });
  bolt.app.shortcut("shortcut.acknowledge", async ({ ack, shortcut }) => {
    if (shortcut.type === "message_action") done.push(`shortcut ${shortcut.message.ts}`);
    await ack();
  });
  bolt.app.event("app_home_opened", async ({ event, client }) => {
    const blocks = [{ type: "actions", elements: [button("Refresh", "home.refresh")] }];
    await client.apiCall("views.publish", { user_id: event.user, view: { type: "home", blocks } });
  });
  bolt.app.action("home.refresh", async ({ ack, body }) => {
    done.push(`refresh ${body.type === "block_actions" && body.view?.type}`);
    await ack();
  });
  bolt.app.event("app_mention", async ({ event, say }) => {
    await say({ text: "heard", thread_ts: event.thread_ts ?? event.ts });
  });

  expect(await slack.as(ada.id).openHome()).toMatchObject({ status: 401 });
  expect(await install(bolt.url)).toBe(200);
  expect(bolt.stored.get("T0SANDBOX")).toMatchObject({ bot: { token: slack.token, userId: "U0SIGNALBOX" } });

  const web = clientOf(slack.url, slack.token);
  const { ts = "" } = await web.chat.postMessage({ channel: "C1", text: "red", blocks: alertBlocks });
  const person = slack.as(ada.id);
  async function eventually(check: () => void): Promise<void> {
    await expect.poll(() => check(), { interval: 1, timeout: 5_000 }).toBeUndefined();
  }
  const statuses = [
    await person.click("ci", "alert.acknowledge"),
    await person.click("ci", "alert.mute"),
    await person.command("ci", "/signalbox", "status"),
    await person.messageShortcut("ci", ts, "shortcut.acknowledge"),
    await person.openHome(),
    await person.mention("ci", "ack", ts),
  ].map(({ status }) => status);
  expect(statuses).toEqual([200, 200, 200, 200, 200, 200]);
  await eventually(() => {
    expect(slack.ephemerals("ci", ada.id).map(({ text }) => text)).toEqual(
      expect.arrayContaining([`yours, ${ada.id}`, "you said status"]),
    );
    expect(person.view()).toBeDefined();
    expect(person.home()).toBeDefined();
    expect(slack.channel("ci").messages[0]?.replies.map(({ text }) => text)).toContain("heard");
  });
  await person.clickHome("home.refresh");
  await person.submit("mute.submit", { "mute.until": "1h" });
  expect(person.view()).toBeUndefined();
  expect(done).toEqual([`shortcut ${ts}`, "refresh home", "mute 1h"]);
});
