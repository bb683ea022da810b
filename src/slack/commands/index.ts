/** The table of commands: what people type after `/signalbox`, and what is done. Forgetting one does not compile. */
import { type Command, type CommandName, type CommandOf, isProblem, parseCommand } from "../../domain/command.ts";
import type { Target } from "../../domain/target.ts";
import type { FoundAlert } from "../../handlers/slack/acting.ts";
import { type ActionId, actionIds, writeAlertValue } from "../action-ids.ts";
import type { Desk } from "../desk.ts";
import type { Interaction } from "../interaction.ts";
import type { Message } from "../messages/blocks.ts";
import { whichOneReply } from "../messages/command-replies.ts";
import { helpReply, problemReply } from "../messages/help.ts";
import { nothingFits } from "../messages/replies.ts";
import { type Answer, handle, type Request, rerun } from "../perform.ts";
import { alertAt, findTargets } from "../targets.ts";
import { list, mine, mutes, rowsOf, status } from "./lists.ts";
import { mute, unmute } from "./mutes.ts";
import { link, notify, unlink } from "./preferences.ts";
import { subscribe, unsubscribe } from "./subscriptions.ts";
import { why } from "./why.ts";

export interface Typed<K extends CommandName = CommandName> {
  readonly command: CommandOf<K>;
  readonly interaction: Interaction;
  /** The same for the same request, should it come twice. */
  readonly once: string;
}

type Run<K extends CommandName> = (typed: Typed<K>, desk: Desk) => Answer;

const commands: { readonly [K in CommandName]: Run<K> } = {
  status,
  mine,
  ack: (typed, desk) =>
    onAlert(typed, actionIds.acknowledge, desk, (id, request) => handle(id, "acknowledge", request, desk)),
  unack: (typed, desk) =>
    onAlert(typed, actionIds.unacknowledge, desk, (id, request) => handle(id, "unacknowledge", request, desk)),
  takeover: (typed, desk) =>
    onAlert(typed, actionIds.takeOver, desk, (id, request) => handle(id, "takeOver", request, desk)),
  mute,
  mutes,
  unmute,
  rerun: (typed, desk) => onAlert(typed, actionIds.rerun, desk, (id, request) => rerun(id, "retry", request, desk)),
  rebuild: (typed, desk) =>
    onAlert(typed, actionIds.rebuild, desk, (id, request) => rerun(id, "rebuild", request, desk)),
  subscribe,
  unsubscribe,
  list,
  link,
  unlink,
  notify,
  why,
  help: async ({ command }) => helpReply(command.topic),
};

/** Always answers: a command that says nothing looks broken. */
export async function runCommand(text: string, interaction: Interaction, once: string, desk: Desk): Promise<Message> {
  const person = await desk.people.who(interaction.user, interaction.team);
  const here = await alertOfThread(interaction, desk);
  const parsed = parseCommand(text, desk.clock.now(), person?.timeZone ?? "UTC", here);
  if (isProblem(parsed)) return problemReply(parsed);
  return (await dispatch(parsed, interaction, once, desk)) ?? helpReply(null);
}

/** Slash commands do not work in threads; there one mentions the bot, and need not say which alert is meant. */
async function alertOfThread({ channel, message }: Interaction, desk: Desk): Promise<Target | null> {
  const ts = message?.threadTs ?? null;
  if (channel === null || ts === null) return null;
  const found = await alertAt({ channel, ts }, desk);
  return found === null ? null : { kind: "alert", id: found.stored.state.id };
}

function dispatch<K extends CommandName>(
  command: Extract<Command, { kind: K }>,
  interaction: Interaction,
  once: string,
  desk: Desk,
): Answer {
  const run = commands[command.kind] as unknown as Run<K>;
  return run({ command: command as CommandOf<K>, interaction, once }, desk);
}

interface OnTarget {
  readonly command: { readonly target: Target };
  readonly interaction: Interaction;
}

async function onAlert(
  { command, interaction }: OnTarget,
  action: ActionId,
  desk: Desk,
  act: (id: FoundAlert["stored"]["state"]["id"], request: Request) => Answer,
): Answer {
  const found = await findTargets(command.target, interaction, desk);
  const [only, ...others] = found;
  if (only === undefined) return nothingFits();
  if (others.length > 0) return whichOne(found, interaction, desk);
  const { state, version } = only.stored;
  const carried = { action, value: writeAlertValue({ alert: state.id, version }) };
  return act(state.id, { interaction, carried, quiet: false });
}

/** Shows them numbered, so that the next command can name one. */
export async function whichOne(found: readonly FoundAlert[], interaction: Interaction, desk: Desk): Promise<Message> {
  return whichOneReply(await rowsOf(found, interaction, desk));
}
