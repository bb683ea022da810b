/** A person who uses Slack: clicks, fills in, types commands. All of it reaches the app as signed requests. */
import type { Instant } from "../../src/clock.ts";
import type { AppAnswer, AppConnection } from "./app-connection.ts";
import { Arguments } from "./arguments.ts";
import type { Fields } from "./call.ts";
import { type Choice, controlsIn, describeControls, findChoice } from "./controls.ts";
import {
  actionFields,
  channelRef,
  commandFields,
  envelope,
  interaction,
  messageContainer,
  messageFields,
} from "./payloads.ts";
import { type ResponseUrls, respond } from "./response-url.ts";
import { findOnScreen } from "./screen.ts";
import { applyAnswer } from "./submission.ts";
import { type SlackMessage, showChannel } from "./transcript.ts";
import { type Entry, enter, enterAll, refuseIncomplete } from "./view-state.ts";
import { blocksOf, type SlackView, type Views } from "./views.ts";
import { findMessage, type SlackUser, type StoredChannel, type Workspace } from "./workspace.ts";

export interface PersonOptions {
  /** The moment that the signatures name; default: now. */
  readonly signedAt?: Instant;
}

export interface ClickOptions {
  /** The message; default: the newest that shows the action. */
  readonly ts?: string;
  /** Of the button or of the menu's option, where several share the action. */
  readonly value?: string;
}

export interface ClickAnswer extends AppAnswer {
  /** The question of the confirm dialog that the person said yes to. */
  readonly confirmed: string | null;
}

interface SeenButton {
  /** With the value that the button had when it was seen; the message in the payload is what it is by now. */
  press(): Promise<ClickAnswer>;
}

export interface PersonWorld {
  readonly workspace: Workspace;
  readonly views: Views;
  readonly app: AppConnection;
  readonly responseUrls: ResponseUrls;
}

export class Person {
  readonly id: string;
  readonly #user: SlackUser;
  readonly #world: PersonWorld;
  readonly #signedAt: Instant | undefined;

  constructor(user: SlackUser, world: PersonWorld, { signedAt }: PersonOptions) {
    this.id = user.id;
    this.#user = user;
    this.#world = world;
    this.#signedAt = signedAt;
  }

  /** The modal before them. */
  view(): SlackView | undefined {
    return this.#world.views.top(this.id);
  }

  home(): SlackView | undefined {
    return this.#world.views.home(this.id);
  }

  /** What they and the app wrote to each other. */
  directMessages(): readonly SlackMessage[] {
    return showChannel(this.#world.workspace.directMessages(this.#user)).messages;
  }

  /** Presses a button, or an option of an overflow menu, in a message; a confirm dialog is answered with yes. */
  async click(channelOrId: string, actionId: string, options: ClickOptions = {}): Promise<ClickAnswer> {
    return this.button(channelOrId, actionId, options).press();
  }

  /** What `click` would press, as it is on the screen now: to be pressed after the message has changed, too late. */
  button(channelOrId: string, actionId: string, options: ClickOptions = {}): SeenButton {
    const { workspace, responseUrls, views } = this.#world;
    const channel = this.#channel(channelOrId);
    const { shown, choice } = findOnScreen(channel, this.id, actionId, options);
    const message = "message" in shown ? shown.message : null;
    const ephemeral = "ephemeral" in shown ? shown.ephemeral : null;
    const target = { workspace, channel, user: this.id, message, ephemeral };
    return {
      press: () =>
        this.#act(choice, {
          ...messageContainer(workspace, channel, shown),
          trigger_id: views.issueTrigger(this.id),
          state: { values: {} },
          response_url: responseUrls.issue("actions", target),
          actions: [actionFields(workspace, choice, {})],
        }),
    };
  }

  /** Presses or chooses something on the Home tab. */
  async clickHome(actionId: string, options: { readonly value?: Entry } = {}): Promise<ClickAnswer> {
    return this.#clickIn(this.home(), actionId, options.value);
  }

  /** Presses or chooses something in the modal before them. */
  async clickView(actionId: string, options: { readonly value?: Entry } = {}): Promise<ClickAnswer> {
    return this.#clickIn(this.view(), actionId, options.value);
  }

  /**
   * Fills in the modal before them, known by its callback id or id, and submits it. The answer takes effect: the modal
   * closes, changes, or shows errors. Like Slack, refuses while a required input is empty.
   */
  async submit(view: string, values: Readonly<Record<string, Entry>> = {}): Promise<AppAnswer> {
    const { views, workspace } = this.#world;
    const open = this.view();
    if (open === undefined || (open.id !== view && open.view.callback_id !== view)) {
      const there = open === undefined ? "no modal is open" : `the open modal is ${open.view.callback_id ?? open.id}`;
      throw new Error(`Cannot submit ${view} as ${this.id}: ${there}`);
    }
    const blocks = blocksOf(open.view);
    if (open.view.submit === undefined) throw new Error(`Cannot submit ${view}: it has no submit button`);
    const state = enterAll(blocks, open.state, values);
    refuseIncomplete(blocks, state);
    const filled = views.setState(open.id, state);
    const answer = await this.#interact({
      ...interaction(workspace, this.#user, "view_submission"),
      trigger_id: views.issueTrigger(this.id, open.id),
      view: views.format(filled),
      response_urls: [],
    });
    if (answer.status === 200) applyAnswer(views, filled, answer.body);
    return answer;
  }

  /** Closes the modal before them; null when the app did not want to know. */
  async closeView(): Promise<AppAnswer | null> {
    const { views, workspace } = this.#world;
    const open = this.view();
    if (open === undefined) throw new Error(`Cannot close a modal as ${this.id}: none is open`);
    const cleared = open.view.clear_on_close === true;
    if (cleared) views.clear(this.id);
    else views.close(open.id);
    if (open.view.notify_on_close !== true) return null;
    const closed = interaction(workspace, this.#user, "view_closed");
    return this.#interact({ ...closed, view: views.format(open), is_cleared: cleared });
  }

  /** Types a slash command. What the app answers at once is shown as Slack shows it. */
  async command(channelOrId: string, command: string, text = ""): Promise<AppAnswer> {
    const { workspace, responseUrls, views, app } = this.#world;
    const channel = this.#channel(channelOrId);
    const target = { workspace, channel, user: this.id, message: null, ephemeral: null };
    const responseUrl = responseUrls.issue("commands", target);
    const line = { channel, command, text, responseUrl, triggerId: views.issueTrigger(this.id) };
    const answer = await app.sendForm(commandFields(workspace, this.#user, line), this.#signedAt);
    const said = typeof answer.body === "string" ? { text: answer.body } : answer.body;
    if (answer.status === 200 && typeof said === "object" && said !== null) respond(target, new Arguments({ ...said }));
    return answer;
  }

  /** Chooses a shortcut from the menu of a message. */
  async messageShortcut(channelOrId: string, ts: string, callbackId: string): Promise<AppAnswer> {
    const { workspace, responseUrls, views } = this.#world;
    const channel = this.#channel(channelOrId);
    const message = findMessage(channel, ts);
    if (message === undefined)
      throw new Error(`Cannot use ${callbackId} on ${ts}: no such message in #${channel.name}`);
    return this.#interact({
      ...interaction(workspace, this.#user, "message_action"),
      action_ts: workspace.newTs(),
      callback_id: callbackId,
      trigger_id: views.issueTrigger(this.id),
      response_url: responseUrls.issue("app", { workspace, channel, user: this.id, message, ephemeral: null }),
      message_ts: ts,
      channel: channelRef(channel),
      message: messageFields(workspace, channel, message),
    });
  }

  /** Opens the app's Home tab. */
  async openHome(): Promise<AppAnswer> {
    const { workspace, views } = this.#world;
    const channel = workspace.directMessages(this.#user);
    const home = this.home();
    const shown = home === undefined ? {} : { view: views.format(home) };
    const event_ts = workspace.newTs();
    const event = { type: "app_home_opened", user: this.id, channel: channel.id, tab: "home", ...shown, event_ts };
    return this.#tell(event, channel);
  }

  /** Writes a message that begins with the app's name. */
  async mention(channelOrId: string, text: string, threadTs: string | null = null): Promise<AppAnswer> {
    const { workspace } = this.#world;
    const channel = this.#channel(channelOrId);
    const { botUserId, teamId } = workspace.installation;
    const said = { user: this.id, text: `<@${botUserId}> ${text}` };
    const { ts } = workspace.addMessage(channel, { ...said, threadTs, broadcast: false });
    const team = { team: teamId, user_team: this.#user.teamId, source_team: this.#user.teamId };
    const thread = threadTs === null ? {} : { thread_ts: threadTs };
    const event = { type: "app_mention", ...said, ts, ...team, channel: channel.id, ...thread, event_ts: ts };
    return this.#tell(event, channel);
  }

  #clickIn(view: SlackView | undefined, actionId: string, value?: Entry): Promise<ClickAnswer> {
    const { workspace, views } = this.#world;
    if (view === undefined) throw new Error(`Cannot press ${actionId} as ${this.id}: nothing is open there`);
    const controls = controlsIn(blocksOf(view.view)).filter(({ input }) => input === null || input.dispatches);
    const choice = findChoice(controls, actionId, typeof value === "string" ? value : undefined);
    if (choice === undefined) {
      throw new Error(`Cannot press ${actionId}: the view has only ${describeControls(controls)}`);
    }
    const { control } = choice;
    const pressed = control.type === "button" || control.type === "overflow" || value === undefined;
    const current = pressed ? view : views.setState(view.id, enter(view.state, control, value));
    const chosen = current.state[control.blockId]?.[control.actionId] ?? {};
    return this.#act(choice, {
      container: { type: "view", view_id: view.id },
      trigger_id: views.issueTrigger(this.id, view.user === null ? view.id : null),
      view: views.format(current),
      actions: [actionFields(workspace, choice, chosen)],
    });
  }

  async #act({ control }: Choice, fields: Fields): Promise<ClickAnswer> {
    const answer = await this.#interact({
      ...interaction(this.#world.workspace, this.#user, "block_actions"),
      ...fields,
    });
    return { ...answer, confirmed: control.element.confirm?.text.text ?? null };
  }

  #interact(payload: Fields): Promise<AppAnswer> {
    return this.#world.app.sendForm({ payload: JSON.stringify(payload) }, this.#signedAt);
  }

  #tell(event: Fields & { readonly type: string }, channel: StoredChannel): Promise<AppAnswer> {
    const { workspace, app } = this.#world;
    return app.sendJson(envelope(workspace, event, channel, workspace.newId("Ev")), this.#signedAt);
  }

  /** By id or name; one's own id for the direct messages with the app. */
  #channel(channelOrId: string): StoredChannel {
    const { workspace } = this.#world;
    const channel = channelOrId === this.id ? workspace.directMessages(this.#user) : workspace.findChannel(channelOrId);
    if (channel === undefined) throw new Error(`Cannot find channel ${channelOrId}: add it with addChannel`);
    if (channel.kind !== "public" && !channel.members.has(this.id)) {
      throw new Error(`Cannot act as ${this.id} in #${channel.name}: it is private, and they are not in it`);
    }
    return channel;
  }
}
