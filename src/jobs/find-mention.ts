/** Looks, before an alert is told, who in Slack is the author of the change that broke the branch. */
import type { Instant } from "../clock.ts";
import { authorsOf } from "../domain/person.ts";
import { blamed, foundFor, type Suspicion } from "../domain/suspects.ts";
import { Later } from "../later.ts";
import { Shown } from "../slack/deliver.ts";
import type { StoredAlert } from "../state/alerts.ts";
import { alertSlot } from "./alert-slot.ts";
import type { Tools } from "./job.ts";
import type { AlertRef } from "./subjects.ts";

/** While Slack cannot tell who is who, the alert is told without a mention, and asked about again. */
const askAgainAfterMs = 60_000;
/** Nobody wants to be called for what broke yesterday. */
const worthAskingForMs = 24 * 60 * 60_000;

/** @returns when to look again. A run that fails comes again by itself, and looks then: the timer is for one that ends well. */
export async function findMention(ref: AlertRef, tools: Tools): Promise<Instant | null> {
  const { organization, alert: id } = ref;
  const { alerts, builds, people, clock } = tools;
  const stored = await alerts.read(organization, id);
  if (stored === null || stored.state.status !== "failing") return null;
  const { pipeline, since } = stored.state;
  const build = since.number;
  if (stored.mention !== null && (stored.mention.build === build || stored.mention.declined)) return null;
  // It knows better than the build whose change it was, and nobody is called twice.
  if (isWaitedFor(stored.suspects, build, clock.now())) return null;
  const facts = await builds.read({ organization, pipeline, number: build });
  // Facts expire; then the mention there is stays.
  if (facts === null) return null;
  const authors = authorsOf(facts.author, facts.creator);
  const suspects = foundFor(stored.suspects, build);
  const author = await people.resolve(suspects === null ? authors : blamed(suspects, authors), null);
  const now = clock.now();
  if (author.kind === "unavailable") return now - since.at < worthAskingForMs ? now + askAgainAfterMs : null;
  const user = author.kind === "found" ? author.value : null;
  const how = user === null ? "channel" : await people.notify(user, null);
  const mention = { build, user, how, late: await isLate(ref, stored, tools), declined: false };
  if ((await alerts.act(organization, id, stored.version, { mention }, [], now)) === null) {
    throw new Later("somebody changed the alert", now);
  }
  return null;
}

/** GitHub is asked again, and then it is told who. */
function isWaitedFor(suspects: Suspicion | null, build: number, now: Instant): boolean {
  return suspects?.kind === "pending" && suspects.build === build && suspects.again > now;
}

/** What pings is a new message: the alert's own or, when it broke again, the one by which its thread says so. */
async function isLate(
  { organization, alert: id }: AlertRef,
  { state }: StoredAlert,
  { alerts, slots }: Tools,
): Promise<boolean> {
  const notes = await alerts.notes(organization, id);
  const again = notes.findLast(({ note }) => note.kind === "brokeAgain" && note.build === state.since.number);
  const name = again === undefined ? alertSlot(state) : `${alertSlot(state)}/${again.id}`;
  return (await slots.read({ organization, name }, Shown)) !== null;
}
