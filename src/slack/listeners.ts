/** Who listens to what Slack sends. Tables: an action, shortcut or event that is forgotten here does not compile. */
import type { App } from "@slack/bolt";
import { z } from "zod";
import { AlertId, MuteId } from "../domain/ids.ts";
import { type ActionId, actionIds, callbackIds, readAlertValue, readCarried } from "./action-ids.ts";
import { messageTagType } from "./client.ts";
import { runCommand } from "./commands/index.ts";
import { activeMutes } from "./commands/lists.ts";
import { linkLogin } from "./commands/preferences.ts";
import type { Desk } from "./desk.ts";
import { type HomeShown, publishHome, readHomeShown, unseenHome } from "./home.ts";
import { type Interaction, readInteraction } from "./interaction.ts";
import { type BotEvent, type MessageShortcut, messageShortcuts, slashCommands } from "./manifest.ts";
import type { Message } from "./messages/blocks.ts";
import { readHomePage } from "./messages/home.ts";
import { linkDialog, readLinkDialog } from "./messages/link-dialog.ts";
import { readMuteDialog } from "./messages/read-mute-dialog.ts";
import { clickAgain, noLongerTracked, notAnAlert } from "./messages/replies.ts";
import { openMuteDialog, submitMute } from "./mute.ts";
import { type Answer, decline, handle, type Request, rerun, unmute, unmuteAlert } from "./perform.ts";
import { alertAt } from "./targets.ts";

type Act = (value: string, request: Request, desk: Desk) => Answer;

/** What each button, select and overflow option does. */
const acts: { readonly [K in ActionId]: Act } = {
  [actionIds.acknowledge]: onAlert((id, request, desk) => handle(id, "acknowledge", request, desk)),
  [actionIds.unacknowledge]: onAlert((id, request, desk) => handle(id, "unacknowledge", request, desk)),
  [actionIds.takeOver]: onAlert((id, request, desk) => handle(id, "takeOver", request, desk)),
  [actionIds.confirm]: onAlert((id, request, desk) => handle(id, "confirm", request, desk)),
  [actionIds.handBack]: onAlert((id, request, desk) => handle(id, "handBack", request, desk)),
  [actionIds.rerun]: onAlert((id, request, desk) => rerun(id, "retry", request, desk)),
  [actionIds.rebuild]: onAlert((id, request, desk) => rerun(id, "rebuild", request, desk)),
  [actionIds.decline]: onAlert(decline),
  [actionIds.mute]: onAlert(openMuteDialog),
  [actionIds.unmute]: async (value, request, desk) => {
    const id = MuteId.safeParse(value);
    if (!id.success) return onAlert(unmuteAlert)(value, request, desk);
    const mutes = (await activeMutes(desk)).filter((mute) => mute.id === id.data);
    // In a list that only they see nothing else tells them that it worked.
    return unmute(mutes, null, { ...request, quiet: request.interaction.from === "home" }, desk);
  },
  [actionIds.link]: openLinkDialog,
  [actionIds.more]: async (value, request, desk) => {
    const carried = readCarried(value);
    return carried === null || carried.action === actionIds.more
      ? null
      : act(carried.action, carried.value, request, desk);
  },
  // A link that Slack opens by itself and tells us of.
  [actionIds.open]: async () => null,
  // Which page is shown is all that it changes: see `homeAfter`.
  [actionIds.homeMore]: async () => null,
  [actionIds.homeNotify]: async (value, { interaction }, desk) => {
    const notify = z.enum(["dm", "channel", "off"]).safeParse(value);
    if (notify.success) await desk.directory.setNotify(interaction.team, interaction.user, notify.data);
    return null;
  },
};

/** These change nothing that the Home tab shows, or not yet: a dialog is open. */
const leavesHome = new Set<ActionId>([actionIds.open, actionIds.mute, actionIds.link]);

function homeAfter(id: ActionId, value: string, body: unknown): HomeShown {
  const shown = readHomeShown(body);
  return id === actionIds.homeMore ? { ...shown, page: readHomePage(value) } : shown;
}

const shortcuts: { readonly [K in MessageShortcut]: (id: AlertId, request: Request, desk: Desk) => Answer } = {
  "shortcut.acknowledge": (id, request, desk) => handle(id, "acknowledge", request, desk),
  "shortcut.mute": openMuteDialog,
};

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
const Mentioned = z.object({
  event_id: z.string().optional(),
  event: z.object({
    user: z.string(),
    channel: z.string(),
    ts: z.string(),
    thread_ts: z.string().optional(),
    text: z.string(),
  }),
});

export function listen(app: App, desk: Desk): void {
  for (const id of Object.values(actionIds)) {
    app.action(id, async ({ ack, body, action }) => {
      await ack();
      const interaction = personOf(body, desk);
      const chosen = Chosen.parse(action);
      const value = chosen.selected_option?.value ?? chosen.value ?? "";
      if (interaction === null) return;
      await answer(
        interaction,
        await act(id, value, { interaction, carried: { action: id, value }, quiet: true }, desk),
        desk,
      );
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
    await answer(
      there,
      await submitMute(wanted, view.id, { interaction: there, carried: null, quiet: true }, desk),
      desk,
    );
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
    if (carried !== null)
      await answer(
        there,
        await act(carried.action, carried.value, { interaction: there, carried, quiet: false }, desk),
        desk,
      );
    // Nothing but the Home tab has no channel.
    if (wanted.channel === null) await publishHome(interaction, unseenHome, desk);
  });
  const events: { readonly [K in BotEvent]: (body: unknown) => Promise<void> } = {
    async app_home_opened(body) {
      const opened = z
        .object({ event: z.object({ user: z.string(), tab: z.string().optional() }) })
        .safeParse(body).data;
      const interaction =
        opened?.event.tab === "messages" ? null : personOf({ ...Object(body), user: opened?.event.user }, desk);
      if (interaction !== null) await publishHome(interaction, unseenHome, desk);
    },
    async app_mention(body) {
      const mentioned = Mentioned.safeParse(body).data;
      if (mentioned === undefined) return;
      const { user, channel, ts, thread_ts, text } = mentioned.event;
      const interaction = personOf({ ...Object(body), user, channel: { id: channel } }, desk);
      if (interaction === null) return;
      const there: Interaction = { ...interaction, from: "command", message: { ts, threadTs: thread_ts ?? null } };
      await answer(there, await runCommand(text, there, ts, desk), desk);
    },
    async app_uninstalled(body) {
      await forget(body, desk);
    },
    async tokens_revoked(body) {
      const revoked = z
        .object({ event: z.object({ tokens: z.object({ bot: z.array(z.string()).default([]) }) }) })
        .safeParse(body);
      if ((revoked.data?.event.tokens.bot.length ?? 0) > 0) await forget(body, desk);
    },
  };
  for (const [name, run] of Object.entries(events)) {
    app.event(name as BotEvent, async ({ body }) => run(body));
  }
}

function act(id: ActionId, value: string, request: Request, desk: Desk): Answer {
  return acts[id](value, request, desk);
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

function onAlert(run: (id: AlertId, request: Request, desk: Desk) => Answer): Act {
  return async (value, request, desk) => {
    const named = readAlertValue(value);
    return named === null ? noLongerTracked() : run(named.alert, request, desk);
  };
}

/** In our own workspace `team` is null, whatever its id: what is stored for it must be found again. */
function personOf(body: unknown, desk: Desk): Interaction | null {
  const interaction = readInteraction(body);
  return interaction === null ? null : { ...interaction, team: desk.workspaceKey(interaction.team) };
}

async function answer(interaction: Interaction, message: Message | null, desk: Desk): Promise<void> {
  if (message !== null) await desk.tell(interaction, message);
}

async function openLinkDialog(value: string, { interaction }: Request, desk: Desk): Answer {
  const { triggerId, channel, team, user } = interaction;
  const slack = await desk.slackOf(team);
  if (slack === null || triggerId === null) return clickAgain();
  try {
    await slack.openView(triggerId, linkDialog({ carried: readCarried(value), channel }));
    return null;
  } catch (error) {
    desk.log.info({ err: error, user }, "Cannot open the dialog that links a login");
    return clickAgain();
  }
}

async function forget(body: unknown, desk: Desk): Promise<void> {
  const Uninstalled = z.object({ team_id: z.string(), event_time: z.number() });
  const { data } = Uninstalled.safeParse(body);
  if (data !== undefined) await desk.forgetWorkspace(data.team_id, data.event_time * 1000);
}
