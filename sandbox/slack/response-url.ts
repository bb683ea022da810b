/** `response_url`: what a click or a command allows to say without a token, five times within half an hour. */
import type { Clock, Instant } from "../../src/clock.ts";
import type { Faults } from "../faults.ts";
import type { HttpAnswer, HttpReply, HttpRequest } from "../http.ts";
import { type Arguments, readArguments, SlackRefusal } from "./arguments.ts";
import type { CallLog } from "./call-log.ts";
import { edit, readContent } from "./message-content.ts";
import type { StoredChannel, StoredEphemeral, StoredMessage, Workspace } from "./workspace.ts";

export interface ResponseTarget {
  readonly workspace: Workspace;
  readonly channel: StoredChannel;
  readonly user: string;
  /** What was clicked; neither for a command. */
  readonly message: StoredMessage | null;
  readonly ephemeral: StoredEphemeral | null;
}

interface ResponseUrl extends ResponseTarget {
  readonly issuedAt: Instant;
  uses: number;
}

const USES = 5;
const LIFETIME_MS = 30 * 60_000;

export interface ResponseUrlOptions {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly log: CallLog;
  /** Where the stand-in is reached. */
  readonly origin: () => string;
}

export class ResponseUrls {
  readonly #options: ResponseUrlOptions;
  readonly #byPath = new Map<string, ResponseUrl>();

  constructor(options: ResponseUrlOptions) {
    this.#options = options;
  }

  issue(kind: "actions" | "commands" | "app", target: ResponseTarget): string {
    const { teamId } = target.workspace.installation;
    const path = `/${kind}/${teamId}/${target.workspace.newId("")}/${target.workspace.newId("response")}`;
    this.#byPath.set(path, { ...target, issuedAt: this.#options.clock.now(), uses: 0 });
    return this.#options.origin() + path;
  }

  owns(path: string): boolean {
    return /^\/(?:actions|commands|app)\//.test(path);
  }

  handle(request: HttpRequest): Promise<HttpReply> {
    const { faults, log } = this.#options;
    const url = this.#byPath.get(request.path);
    const { arguments: args, error } = readArguments(request);
    const fault = faults.take("response_url");
    const team = url?.workspace.installation.teamId ?? null;
    const done = log.begin({ method: "response_url", args: args.toRecord(), team, fault });

    const conclude = (status: number, refusal: string | null): HttpAnswer => {
      done(refusal);
      return { status, body: refusal === null ? { ok: true } : { ok: false, error: refusal } };
    };
    const run = (): HttpAnswer => {
      if (url === undefined) return conclude(404, "no_service");
      if (this.#options.clock.now() - url.issuedAt > LIFETIME_MS) return conclude(404, "expired_url");
      if (url.uses >= USES) return conclude(404, "used_url");
      if (error !== null) return conclude(400, "invalid_payload");
      try {
        respond(url, args);
      } catch (refusal) {
        if (!(refusal instanceof SlackRefusal)) throw refusal;
        return conclude(400, refusal.error);
      }
      url.uses += 1;
      return conclude(200, null);
    };
    return faults.carryOut(fault, {
      run,
      refuse: (refusal) =>
        conclude(refusal.kind === "error" ? 400 : 429, refusal.kind === "error" ? refusal.error : "ratelimited"),
    });
  }
}

/** Puts what was answered where the person asked: as its own message, for them alone, or instead of what they clicked. */
export function respond(target: ResponseTarget, args: Arguments): void {
  const { workspace, channel, user, message, ephemeral } = target;
  if (args.flag("delete_original")) {
    if (message !== null) message.deleted = true;
    if (ephemeral !== null) channel.ephemerals.splice(channel.ephemerals.indexOf(ephemeral), 1);
    return;
  }
  const sent = readContent(args, "chat.postMessage");
  if (args.flag("replace_original")) {
    if (message !== null) edit(workspace, message, sent);
    if (ephemeral !== null) {
      ephemeral.blocks = sent.blocks ?? [];
      ephemeral.text = sent.text ?? "";
    }
    if (message !== null || ephemeral !== null) return;
  }
  const threadTs = args.text("thread_ts") ?? null;
  const { text = "", blocks = [], attachments = [] } = sent;
  if (args.text("response_type") === "in_channel") {
    const author = workspace.installation.botUserId;
    workspace.addMessage(channel, { user: author, text, blocks, attachments, threadTs, broadcast: false });
  } else {
    channel.ephemerals.push({ ts: workspace.newTs(), user, threadTs, text, blocks });
  }
}
