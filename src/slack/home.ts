/** The Home tab: what is mine, what waits, what is muted. Made anew when it is opened, and after what is done in it. */
import type { HomeView } from "@slack/types";
import { z } from "zod";
import type { FoundAlert } from "../handlers/slack/acting.ts";
import { viewOf } from "../jobs/alert-view.ts";
import { permalinkOf } from "../jobs/permalink.ts";
import { Later } from "../later.ts";
import { SlackRefused, SlackUnclear } from "./call.ts";
import type { SlackClient } from "./client.ts";
import { activeMutes, isTheirs } from "./commands/lists.ts";
import type { Desk } from "./desk.ts";
import type { Interaction } from "./interaction.ts";
import { type HomeAlert, type HomePage, homeView, pageOf, readHomePage } from "./messages/home.ts";
import { openAlerts } from "./targets.ts";

type Reader = Pick<Interaction, "user" | "team">;

/** What somebody had before them when they clicked. */
export interface HomeShown {
  readonly page: HomePage | null;
  /** null: whatever is there now is replaced. */
  readonly hash: string | null;
}

export const unseenHome: HomeShown = { page: null, hash: null };

const Clicked = z.object({ view: z.object({ hash: z.string(), private_metadata: z.string() }) });

/** @param body Of a click in the Home tab. */
export function readHomeShown(body: unknown): HomeShown {
  const { data } = Clicked.safeParse(body);
  return data === undefined
    ? unseenHome
    : { page: readHomePage(data.view.private_metadata), hash: data.view.hash || null };
}

/** A courtesy: that Slack does not show it now undoes nothing, and whoever looks again gets it. */
export async function publishHome(reader: Reader, { page, hash }: HomeShown, desk: Desk): Promise<void> {
  try {
    const slack = await desk.slackOf(reader.team);
    if (slack === null) return;
    const publish = async (expected?: string) =>
      slack.publishHome(reader.user, await viewFor(reader, page, slack, desk), expected);
    await publish(hash ?? undefined).catch((error: unknown) => {
      // Two clicks close together: what was read before the other one must not be the last that is shown.
      if (error instanceof SlackRefused && error.code === "hash_conflict") return publish();
      throw error;
    });
  } catch (error) {
    if (!(error instanceof SlackRefused || error instanceof SlackUnclear || error instanceof Later)) throw error;
    desk.log.warn({ user: reader.user, err: error }, "Cannot show the Home tab");
  }
}

async function viewFor(reader: Reader, page: HomePage | null, slack: SlackClient, desk: Desk): Promise<HomeView> {
  const { user, team } = reader;
  const [open, mutes, link, notify] = await Promise.all([
    openAlerts(desk),
    activeMutes(desk),
    desk.directory.linkOf(team, user),
    desk.directory.notify(team, user),
  ]);
  const rowOf = async ({ organization, stored }: FoundAlert): Promise<HomeAlert> => {
    const own = mutes.filter((mute) => mute.organization === organization);
    return { view: await viewOf(stored, own, desk), permalink: null };
  };
  const mine = await Promise.all(open.filter((found) => isTheirs(found, reader)).map(rowOf));
  const others = open.filter((found) => found.stored.handling.kind === "open" && !isTheirs(found, reader));
  const waiting = (await Promise.all(others.map(rowOf))).filter(({ view }) => view.silence === null);
  /** Slack is asked about those that are shown. */
  const linked = async (list: HomePage["list"], rows: readonly HomeAlert[]): Promise<HomeAlert[]> => {
    const shown = new Set(pageOf(list, rows, page).rows);
    return Promise.all(
      rows.map(async (row) => {
        if (!shown.has(row)) return row;
        const { organization, id: alert } = row.view.alert;
        return { ...row, permalink: await permalinkOf({ organization, alert }, { slots: desk.slots, slack }) };
      }),
    );
  };
  return homeView({
    mine: await linked("mine", mine),
    waiting: await linked("waiting", waiting),
    mutes,
    login: link?.login ?? null,
    notify: notify ?? "channel",
    page,
  });
}
