/** A person in an emulated workspace, whose clicks, dialogs and commands are signed and sent as Slack does. */
import { z } from "zod";
import { AppConnection } from "../../sandbox/slack/app-connection.ts";
import { controlsIn, findChoice } from "../../sandbox/slack/controls.ts";
import type { App } from "../../src/app.ts";
import type { Clock } from "../../src/clock.ts";
import type { EmulatedMessage, EmulatedSlack, EmulatedView } from "./workspace.ts";

export interface EmulatedPerson {
  readonly id: string;
  /** @param message Without, the button is in what they alone were told. */
  click(channel: string, actionId: string, message: EmulatedMessage | null, value?: string): Promise<void>;
  clickHome(actionId: string, value?: string): Promise<void>;
  submit(view: EmulatedView, values: Readonly<Record<string, Readonly<Record<string, unknown>>>>): Promise<unknown>;
  command(channel: string, name: string, text: string): Promise<void>;
  shortcut(channel: string, callbackId: string, message: EmulatedMessage): Promise<void>;
  mention(channel: string, text: string, thread: EmulatedMessage): Promise<void>;
  openHome(): Promise<void>;
}

interface Setting {
  readonly slack: EmulatedSlack;
  readonly app: App;
  readonly clock: Clock;
  readonly signingSecret: string;
}

const Identity = z.object({ team_id: z.string() });
const Trigger = z.object({ trigger_id: z.string() });

export async function personOf(name: string, { slack, app, clock, signingSecret }: Setting): Promise<EmulatedPerson> {
  const id = slack.user(name);
  const team = Identity.parse(await slack.ask("auth.test", {})).team_id;
  const connection = new AppConnection(clock);
  connection.connect({ url: `${app.url}/slack/events`, signingSecret });
  let events = 0;

  async function trigger(): Promise<string> {
    return Trigger.parse(await slack.ask("views.generateTriggerId", { user_id: id })).trigger_id;
  }

  async function send(payload: Readonly<Record<string, unknown>>): Promise<unknown> {
    const person = { user: { id, username: name, name, team_id: team }, team: { id: team, domain: "acme" } };
    const whole = { ...person, trigger_id: await trigger(), ...payload };
    const { status, body } = await connection.sendForm({ payload: JSON.stringify(whole) });
    if (status !== 200) throw new Error(`Cannot act: the app answered ${status}`);
    await app.settled();
    return body;
  }

  async function tell(event: Readonly<Record<string, unknown>>): Promise<void> {
    events += 1;
    const { status } = await connection.sendJson({
      type: "event_callback",
      team_id: team,
      event_id: `Ev${name}${events}`,
      event: { user: id, ...event },
    });
    if (status !== 200) throw new Error(`Cannot tell an event: the app answered ${status}`);
    await app.settled();
  }

  function pressed(blocks: readonly unknown[], actionId: string, value?: string): Readonly<Record<string, unknown>> {
    const choice = findChoice(controlsIn(blocks), actionId, value);
    if (choice === undefined) throw new Error(`Cannot press ${actionId}: it is not there`);
    const { control } = choice;
    const chosen = control.options.find((each) => each.value === value);
    const option = choice.option ?? (control.type === "button" ? undefined : chosen);
    const named = { type: control.type, action_id: control.actionId, block_id: control.blockId };
    return option === undefined ? { ...named, value: control.element.value } : { ...named, selected_option: option };
  }

  return {
    id,
    async click(channel, actionId, message, value) {
      const seen = message ?? slack.told.at(-1);
      if (seen === undefined) throw new Error(`Cannot press ${actionId}: nothing was told`);
      const place = { type: "message", channel_id: channel, message_ts: message?.ts ?? "1.000001" };
      await send({
        type: "block_actions",
        channel: { id: channel },
        container: message === null ? { ...place, is_ephemeral: true } : place,
        ...(message !== null && { message }),
        response_url: slack.responseUrl,
        actions: [pressed(seen.blocks, actionId, value)],
      });
    },
    async clickHome(actionId, value) {
      const view = slack.shown.get("views.publish");
      if (view === undefined) throw new Error(`Cannot press ${actionId}: no Home tab was shown`);
      const actions = [pressed(view.blocks, actionId, value)];
      await send({ type: "block_actions", container: { type: "view", view_id: view.id }, view, actions });
    },
    submit: (view, values) => send({ type: "view_submission", view: { ...view, state: { values } } }),
    async command(channel, command, text) {
      const person = { user_id: id, user_name: name, team_id: team, channel_id: channel };
      const line = { command, text, response_url: slack.responseUrl, trigger_id: await trigger() };
      const { status } = await connection.sendForm({ ...person, ...line });
      if (status !== 200) throw new Error(`Cannot type ${text}: the app answered ${status}`);
      await app.settled();
    },
    async shortcut(channel, callback_id, message) {
      const where = { channel: { id: channel }, message, message_ts: message.ts };
      await send({ type: "message_action", callback_id, ...where, response_url: slack.responseUrl });
    },
    async mention(channel, text, thread) {
      const ts = `${Math.floor(clock.now() / 1000)}.${String(events).padStart(6, "9")}`;
      const said = { text: `<@${slack.user("signalbox")}> ${text}`, ts, thread_ts: thread.ts };
      await tell({ type: "app_mention", channel, ...said });
    },
    openHome: () => tell({ type: "app_home_opened", channel: "D0", tab: "home" }),
  };
}
