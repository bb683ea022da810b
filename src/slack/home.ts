/** The Home tab: what is mine, what waits, what is muted. Made anew when it is opened, and after what is done in it. */
import type { FoundAlert } from "../handlers/slack/acting.ts";
import { viewOf } from "../jobs/alert-view.ts";
import { permalinkOf } from "../jobs/permalink.ts";
import { activeMutes, isTheirs } from "./commands/lists.ts";
import type { Desk } from "./desk.ts";
import type { Interaction } from "./interaction.ts";
import { type HomeAlert, type HomePage, homeView } from "./messages/home.ts";
import { openAlerts } from "./targets.ts";

export async function publishHome(
  interaction: Pick<Interaction, "user" | "team">,
  page: HomePage | null,
  desk: Desk,
): Promise<void> {
  const { user, team } = interaction;
  const slack = await desk.slackOf(team);
  if (slack === null) return;
  const [open, mutes, link, notify] = await Promise.all([
    openAlerts(desk),
    activeMutes(desk),
    desk.directory.linkOf(team, user),
    desk.directory.notify(team, user),
  ]);
  const rows = (found: readonly FoundAlert[]): Promise<HomeAlert[]> =>
    Promise.all(
      found.map(async ({ organization, stored }) => {
        const own = mutes.filter((mute) => mute.organization === organization);
        const ref = { organization, alert: stored.state.id };
        return { view: viewOf(stored, own, desk), permalink: await permalinkOf(ref, { slots: desk.slots, slack }) };
      }),
    );
  const mine = open.filter((found) => isTheirs(found, { user }));
  const waiting = open.filter((found) => found.stored.handling.kind === "open" && !mine.includes(found));
  const view = homeView({
    mine: await rows(mine),
    waiting: (await rows(waiting)).filter((row) => row.view.silence === null),
    mutes,
    login: link?.login ?? null,
    notify: notify ?? "channel",
    page,
  });
  await slack.publishHome(user, view);
}
