/** The process itself: started as an operator starts it. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { startSlack } from "../sandbox/slack/index.ts";
import { childEnv } from "./harness/child.ts";
import { useRedis } from "./harness/redis.ts";

const redis = useRedis();
const main = join(import.meta.dirname, "..", "src", "main.ts");

function start(env: Readonly<Record<string, string>>) {
  const child = spawn(process.execPath, [main], {
    env: { ...childEnv, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const output = createInterface({ input: child.stdout });
  output.on("line", (line) => lines.push(line));
  const errors: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => errors.push(text));
  // The last lines may come after the process has gone.
  const read = once(output, "close");
  const ended = once(child, "close").then(async ([code]) => {
    await read;
    return Number(code);
  });
  return { child, output, lines, ended, errors };
}

describe("the process", () => {
  it("refuses wrong settings, all at once, and says what to do", async () => {
    const { ended, errors } = start({ PORT: "eighty", BUILDKITE_WEBHOOK_AUTH: "hope", REDIS_URL: "localhost" });
    expect(await ended).toBe(1);
    expect(errors.join("")).toMatchInlineSnapshot(`
      "Cannot start: 7 settings are missing or wrong
        - PORT is not a number; use 0 to 65535
        - REDIS_URL is not redis://…, rediss://… or unix:///…; leave it out for the embedded Redis
        - BUILDKITE_WEBHOOK_TOKEN is missing; set it to the token of the Buildkite notification service
        - BUILDKITE_WEBHOOK_AUTH is neither signature nor token; choose what the notification service sends
        - SLACK_SIGNING_SECRET is missing; set it to the signing secret on the app's Basic Information page
        - SLACK_CHANNEL is missing; set it to the channel for alerts (its id, C…), or name routes in signalbox.yml
        - SLACK_BOT_TOKEN is missing; set it to the app's bot token (xoxb-…)
      "
    `);
  });

  it("starts with Slack away, says when it is up, and ends what runs on SIGTERM", async () => {
    const slack = await startSlack();
    await slack.stop();
    const { child, output, lines, ended, errors } = start({
      HOST: "127.0.0.1",
      PORT: "0",
      REDIS_URL: redis.url,
      BUILDKITE_WEBHOOK_TOKEN: "canary-webhook-token",
      SLACK_BOT_TOKEN: "xoxb-canary",
      SLACK_SIGNING_SECRET: "canary-signing-secret",
      SLACK_API_URL: slack.url,
      SLACK_CHANNEL: "C0ALERTS",
    });
    const [line] = await once(output, "line");
    const { url, msg } = JSON.parse(String(line));
    expect(msg).toBe("Signalbox is up");
    expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("signalbox_http_requests_total");
    expect((await fetch(`${url}/buildkite/webhooks`, { method: "POST", body: "{}" })).status).toBe(401);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(errors).toEqual([]);
    expect(lines.at(-1)).toContain("stopped");
    expect(lines.join("\n")).not.toContain("canary");
  });
});
