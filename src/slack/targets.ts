/** Finds the alerts that a command names: a number of the last list, an alert, a build, a branch. */
import type { AlertId, Organization } from "../domain/ids.ts";
import type { Target } from "../domain/target.ts";
import { type FoundAlert, findAlert } from "../handlers/slack/acting.ts";
import { alertSlot, copySlot } from "../jobs/alert-slot.ts";
import type { Place } from "./client.ts";
import { Shown } from "./deliver.ts";
import type { Desk } from "./desk.ts";
import type { Interaction } from "./interaction.ts";

/** All failing alerts, the longest open first. */
export async function openAlerts({ marks, alerts }: Pick<Desk, "marks" | "alerts">): Promise<FoundAlert[]> {
  const found: FoundAlert[] = [];
  for (const organization of await marks.organizations()) {
    const ids = await alerts.open(organization);
    const stored = await Promise.all(ids.map((id) => alerts.read(organization, id)));
    for (const alert of stored) if (alert?.state.status === "failing") found.push({ organization, stored: alert });
  }
  return found;
}

export async function findTargets(target: Target, { team, user }: Interaction, desk: Desk): Promise<FoundAlert[]> {
  switch (target.kind) {
    case "listed": {
      const listed = await desk.shownLists.alerts.read(team, user);
      const id = listed[target.number - 1];
      return id === undefined ? [] : single(await findAlert(id, desk));
    }
    case "alert":
      return single(await findAlert(target.id, desk));
    case "build":
      return ofBuild(target, desk);
    case "branch": {
      const { pipeline, branch } = target;
      const open = (await openAlerts(desk)).filter(({ stored: { state } }) => sameName(state.pipeline, pipeline));
      if (branch !== null) return open.filter(({ stored: { state } }) => sameName(state.branch, branch));
      if (open.length <= 1) return open;
      const isUsual = await Promise.all(open.map((found) => isDefaultBranch(found, desk)));
      const usual = open.filter((_, i) => isUsual[i]);
      return usual.length === 0 ? open : usual;
    }
  }
}

async function ofBuild(
  { organization, pipeline, number }: Extract<Target, { kind: "build" }>,
  desk: Desk,
): Promise<FoundAlert[]> {
  const organizations: readonly Organization[] =
    organization === null ? await desk.marks.organizations() : [organization];
  const found: FoundAlert[] = [];
  for (const each of organizations) {
    const facts = await desk.builds.read({ organization: each, pipeline, number });
    if (facts === null) continue;
    const id: AlertId | null = await desk.alerts.current({ organization: each, pipeline, branch: facts.branch });
    const stored = id === null ? null : await desk.alerts.read(each, id);
    if (stored !== null) found.push({ organization: each, stored });
  }
  return found;
}

async function isDefaultBranch({ organization, stored: { state } }: FoundAlert, { builds }: Desk): Promise<boolean> {
  const { pipeline, branch, newest } = state;
  const facts = await builds.read({ organization, pipeline, number: newest.number });
  return branch === facts?.defaultBranch;
}

/** The failing alert whose message this is, in its channel or in one that subscribed. */
export async function alertAt({ channel, ts }: Place, desk: Desk): Promise<FoundAlert | null> {
  const open = await openAlerts(desk);
  const isHere = await Promise.all(
    open.map(async ({ organization, stored: { state } }) => {
      const names = [alertSlot(state), copySlot(state, channel)];
      const shown = await Promise.all(names.map((name) => desk.slots.read({ organization, name }, Shown)));
      return shown.some((place) => place?.channel === channel && place.ts === ts);
    }),
  );
  return open.find((_, i) => isHere[i]) ?? null;
}

/** People type names as they remember them. */
export function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

function single(found: FoundAlert | null): FoundAlert[] {
  return found === null ? [] : [found];
}
