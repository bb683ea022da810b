/** Looks once, before an alert is first told, who in Slack is the author of the commit that broke the branch. */
import { authorsOf } from "../domain/person.ts";
import { Later } from "../later.ts";
import type { Tools } from "./job.ts";
import type { AlertRef } from "./subjects.ts";

export async function findMention({ organization, alert: id }: AlertRef, tools: Tools): Promise<void> {
  const { alerts, builds, people, clock } = tools;
  const stored = await alerts.read(organization, id);
  if (stored === null || stored.state.status !== "failing") return;
  const build = stored.state.since.number;
  if (stored.mention !== null && (stored.mention.build === build || stored.mention.declined)) return;
  const { pipeline } = stored.state;
  const facts = await builds.read({ organization, pipeline, number: build });
  // Facts expire; then the mention there is stays.
  if (facts === null) return;
  const user = await people.resolve(authorsOf(facts.author, facts.creator), null);
  const fire = await alerts.act(
    organization,
    id,
    stored.version,
    { mention: { build, user, declined: false } },
    [],
    clock.now(),
  );
  if (fire === null) throw new Later("somebody changed the alert", clock.now());
}
