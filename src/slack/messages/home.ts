/** The Home tab: what a person may want to look at, without looking through channels. */
import type { HomeView, KnownBlock } from "@slack/types";
import { z } from "zod";
import type { Notify } from "../../domain/command.ts";
import type { Mute } from "../../domain/mute.ts";
import type { GithubLogin } from "../../domain/person.ts";
import { actionIds } from "../action-ids.ts";
import { rowButtons } from "./alert-actions.ts";
import { context, section } from "./blocks.ts";
import { loginName } from "./done.ts";
import { button, option, plain } from "./elements.ts";
import { type Mrkdwn, md } from "./mrkdwn.ts";
import { alertLine, muteLine, unmuteButton } from "./rows.ts";
import type { AlertView } from "./view.ts";
import { count } from "./words.ts";

export interface HomeAlert {
  readonly view: AlertView;
  readonly permalink: string | null;
}

export interface HomeFacts {
  /** Alerts of their changes, and those they are on. */
  readonly mine: readonly HomeAlert[];
  /** Alerts that nobody is on. */
  readonly waiting: readonly HomeAlert[];
  readonly mutes: readonly Mute[];
  readonly login: GithubLogin | null;
  readonly notify: Notify;
  /** Which part of one of the lists to show; null: the beginning of each. */
  readonly page: HomePage | null;
}

const HomeList = z.enum(["mine", "waiting", "mutes"]);

/** What "More" asks for: the other lists are shown from their beginning. */
export const HomePage = z.object({ list: HomeList, page: z.int().nonnegative() });
export type HomePage = z.infer<typeof HomePage>;

const pageSize = 15;

function writeHomePage({ list, page }: HomePage): string {
  return `${list}:${page}`;
}

export function readHomePage(value: string): HomePage | null {
  const [list, page] = value.split(":");
  return HomePage.safeParse({ list, page: Number(page) }).data ?? null;
}

export function homeView(facts: HomeFacts): HomeView {
  const { mine, waiting, mutes, page } = facts;
  const alerts = (rows: readonly HomeAlert[]) => rows.map(alertBlocks);
  return {
    type: "home",
    // So that whoever acts on the second page stays there.
    private_metadata: page === null ? "" : writeHomePage(page),
    blocks: [
      ...list("mine", "My failing builds", alerts(mine), page, md`:large_green_circle: Nothing of yours is failing.`),
      ...list(
        "waiting",
        "Waiting for an acknowledgement",
        alerts(waiting),
        page,
        md`:sunny: Somebody is on everything that fails.`,
      ),
      ...list("mutes", "Active mutes", mutes.map(muteBlocks), page, md`:bell: Nothing is muted.`),
      ...preferences(facts),
    ],
  };
}

function alertBlocks({ view, permalink }: HomeAlert): KnownBlock[] {
  return [section(alertLine({ ...view, permalink: null })), ...rowButtons(view, permalink)];
}

function muteBlocks(mute: Mute): KnownBlock[] {
  return [{ ...section(muteLine(mute)), accessory: unmuteButton(mute) }];
}

interface Page<T> {
  readonly rows: readonly T[];
  /** The index of the first of them. */
  readonly first: number;
  readonly page: number;
  readonly pages: number;
}

/** The part of a list that is shown. */
export function pageOf<T>(name: HomePage["list"], all: readonly T[], asked: HomePage | null): Page<T> {
  const pages = Math.ceil(all.length / pageSize);
  // The list may have become shorter since its button was drawn.
  const page = asked?.list === name ? Math.max(0, Math.min(asked.page, pages - 1)) : 0;
  const first = page * pageSize;
  return { rows: all.slice(first, first + pageSize), first, page, pages };
}

function list(
  name: HomePage["list"],
  title: string,
  rows: readonly KnownBlock[][],
  asked: HomePage | null,
  empty: Mrkdwn,
): KnownBlock[] {
  const header: KnownBlock = { type: "header", text: plain(title, 150) };
  if (rows.length === 0) return [header, section(empty)];
  const { rows: shown, first, page, pages } = pageOf(name, rows, asked);
  const blocks = [header, ...shown.flat()];
  if (pages === 1) return blocks;
  const next = (page + 1) % pages;
  const label = next === 0 ? "Back to the first" : "More";
  const last = first + shown.length;
  const range = last === first + 1 ? md`${last}` : md`${first + 1} to ${last}`;
  const where = md`${range} of ${count(rows.length, "entry", "entries")}`;
  const more = button(actionIds.homeMore, label, writeHomePage({ list: name, page: next }));
  return [...blocks, { ...section(where), accessory: more }];
}

const places: Readonly<Record<Notify, string>> = {
  channel: "In the channel, by a mention",
  dm: "In a direct message",
  off: "Not at all",
};

function preferences({ login, notify }: HomeFacts): KnownBlock[] {
  const options = Object.entries(places).map(([value, label]) => option(label, value));
  const linked =
    login === null
      ? md`Your GitHub login is not linked: Signalbox cannot tell which changes are yours.`
      : md`Your GitHub login is ${loginName(login)}.`;
  const label = login === null ? "Link my GitHub login" : "Link another login";
  return [
    { type: "header", text: plain("Preferences", 150) },
    { ...section(linked), accessory: button(actionIds.link, label, "none") },
    {
      ...section(md`Tell me of my failures`),
      accessory: {
        type: "static_select",
        action_id: actionIds.homeNotify,
        options,
        initial_option: option(places[notify], notify),
      },
    },
    ...context(md`The same, typed: \`/signalbox help\``),
  ];
}
