/** Tells a person, and nobody else, how it went. A courtesy: that it cannot be told undoes nothing. */
import type { Logger } from "pino";
import { type SlackClient, SlackRefused } from "./client.ts";
import type { Interaction } from "./interaction.ts";
import type { Message } from "./messages/blocks.ts";

export type Tell = (interaction: Interaction, message: Message) => Promise<void>;

interface TellOptions {
  readonly slackOf: (team: string | null) => Promise<SlackClient | null>;
  /** Answers are sent to Slack, or to what stands in for it, and nowhere else. */
  readonly apiUrl: string;
  readonly timeoutMs: number;
  readonly log: Logger;
}

/** They cannot be shown anything there: they left, the channel is of another workspace, or we are not in it. */
const notThere = new Set(["user_not_in_channel", "channel_not_found", "not_in_channel", "is_archived"]);

export function createTell({ slackOf, apiUrl, timeoutMs, log }: TellOptions): Tell {
  /** Needs neither token nor Redis nor membership of the channel; but is good for half an hour and five answers only. */
  async function respond(address: string, { text, blocks }: Message): Promise<boolean> {
    const url = URL.parse(address);
    if (url === null || !(isSlack(url) || url.origin === URL.parse(apiUrl)?.origin)) return false;
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ response_type: "ephemeral", replace_original: false, text, blocks }),
      signal: AbortSignal.timeout(timeoutMs),
      redirect: "error",
    });
    await answer.body?.cancel();
    return answer.ok;
  }

  return async (interaction, message) => {
    const { responseUrl, channel, user, team } = interaction;
    try {
      if (responseUrl !== null && (await respond(responseUrl, message).catch(() => false))) return;
      const slack = await slackOf(team);
      if (slack === null) return;
      // In the Home tab there is no channel: there it is a direct message.
      if (channel === null) await slack.direct(user, message);
      else await ephemeralOrDirect(slack, channel, interaction, message);
    } catch (error) {
      log.warn({ user, channel, err: error }, "Cannot tell a person how it went");
    }
  };
}

async function ephemeralOrDirect(
  slack: SlackClient,
  channel: string,
  interaction: Interaction,
  message: Message,
): Promise<void> {
  const { user } = interaction;
  try {
    await slack.ephemeral({ channel, user, ...message, ...inThread(interaction) });
  } catch (error) {
    if (!(error instanceof SlackRefused && notThere.has(error.code))) throw error;
    await slack.direct(user, message);
  }
}

function isSlack({ protocol, hostname }: URL): boolean {
  return protocol === "https:" && (hostname === "slack.com" || hostname.endsWith(".slack.com"));
}

function inThread({ message }: Interaction): { readonly threadTs?: string } {
  return message?.threadTs == null ? {} : { threadTs: message.threadTs };
}
