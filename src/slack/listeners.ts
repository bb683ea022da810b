/** Who listens to what Slack sends. Slack is answered first; what is done then is in the tables of acts, commands and events. */
import type { App } from "@slack/bolt";
import { z } from "zod";
import { AlertId } from "../domain/ids.ts";
import { actionIds, callbackIds } from "./action-ids.ts";
import { act, homeAfter, leavesHome, shortcuts } from "./acts.ts";
import { messageTagType } from "./client.ts";
import { runCommand } from "./commands/index.ts";
import { linkLogin } from "./commands/preferences.ts";
import { answer, type Desk, personOf } from "./desk.ts";
import { events } from "./events.ts";
import { publishHome, unseenHome } from "./home.ts";
import type { Interaction } from "./interaction.ts";
import { type BotEvent, messageShortcuts, slashCommands } from "./manifest.ts";
import { readLinkDialog } from "./messages/link-dialog.ts";
import { readMuteDialog } from "./messages/read-mute-dialog.ts";
import { notAnAlert } from "./messages/replies.ts";
import { submitMute } from "./mute.ts";
import { alertAt } from "./targets.ts";

const Tagged = z.object({
  message: z.object({
    metadata: z.object({ event_type: z.literal(messageTagType), event_payload: z.object({ alert: AlertId }) }),
  }),
});
const Chosen = z.object({
  value: z.string().optional(),
  selected_option: z.object({ value: z.string() }).nullish(),
});
const Submitted = z.object({
  view: z.object({ id: z.string(), private_metadata: z.string(), state: z.object({ values: z.unknown() }) }),
});

export function listen(app: App, desk: Desk): void {
  for (const id of Object.values(actionIds)) {
    app.action(id, async ({ ack, body, action }) => {
      await ack();
      const interaction = personOf(body, desk);
      const chosen = Chosen.parse(action);
      const value = chosen.selected_option?.value ?? chosen.value ?? "";
      if (interaction === null) return;
      const request = { interaction, carried: { action: id, value }, quiet: true };
      await answer(interaction, await act(id, value, request, desk), desk);
      if (interaction.from === "home" && !leavesHome.has(id)) {
        await publishHome(interaction, homeAfter(id, value, body), desk);
      }
    });
  }
  for (const name of messageShortcuts) {
    app.shortcut(name, async ({ ack, body }) => {
      await ack();
      const interaction = personOf(body, desk);
      if (interaction === null) return;
      const id = await alertOfMessage(body, interaction, desk);
      const request = { interaction, carried: null, quiet: false };
      await answer(interaction, id === null ? notAnAlert() : await shortcuts[name](id, request, desk), desk);
    });
  }
  for (const command of slashCommands) {
    app.command(command, async ({ ack, body, payload }) => {
      await ack();
      const interaction = personOf(body, desk);
      if (interaction === null) return;
      await answer(interaction, await runCommand(payload.text, interaction, payload.trigger_id, desk), desk);
    });
  }
  app.view(callbackIds.mute, async ({ ack, body }) => {
    const interaction = personOf(body, desk);
    const { view } = Submitted.parse(body);
    if (interaction === null) return ack();
    const wanted = readMuteDialog(view.state.values, view.private_metadata, desk.clock.now());
    if (wanted.kind === "errors") return ack({ response_action: "errors", errors: { ...wanted.errors } });
    await ack();
    const there = { ...interaction, channel: wanted.channel };
    const request = { interaction: there, carried: null, quiet: true };
    await answer(there, await submitMute(wanted, view.id, request, desk), desk);
    if (wanted.from === "home") await publishHome(interaction, unseenHome, desk);
  });
  app.view(callbackIds.link, async ({ ack, body }) => {
    const interaction = personOf(body, desk);
    const { view } = Submitted.parse(body);
    if (interaction === null) return ack();
    const wanted = readLinkDialog(view.state.values, view.private_metadata);
    if (wanted.kind === "errors") return ack({ response_action: "errors", errors: { ...wanted.errors } });
    await ack();
    const there = { ...interaction, channel: wanted.channel };
    await answer(there, await linkLogin(wanted.login, there, desk), desk);
    // What they wanted in the first place.
    const { carried } = wanted;
    if (carried !== null) {
      const request = { interaction: there, carried, quiet: false };
      await answer(there, await act(carried.action, carried.value, request, desk), desk);
    }
    // Nothing but the Home tab has no channel.
    if (wanted.channel === null) await publishHome(interaction, unseenHome, desk);
  });
  for (const [name, happened] of Object.entries(events)) {
    app.event(name as BotEvent, async ({ body }) => happened(body, desk));
  }
}

/** Of the alert's message, or of a reply in its thread, whoever wrote that. */
async function alertOfMessage(body: unknown, interaction: Interaction, desk: Desk): Promise<AlertId | null> {
  const tag = Tagged.safeParse(body).data?.message.metadata;
  if (tag !== undefined) return tag.event_payload.alert;
  const { channel, message } = interaction;
  if (channel === null || message === null) return null;
  const found = await alertAt({ channel, ts: message.threadTs ?? message.ts }, desk);
  return found?.stored.state.id ?? null;
}
