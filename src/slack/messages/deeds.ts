/** What people did about an alert, as its thread tells it. Nobody is pinged but whom it was taken from. */
import type { Note } from "../../domain/alert.ts";
import { type Mrkdwn, md } from "./mrkdwn.ts";
import { muteTerms, scopeName } from "./mutes.ts";
import { actorName, mentionOf } from "./people.ts";

export type Deed = Extract<Note, { kind: "acknowledged" | "released" | "muted" | "unmuted" }>;

export function isDeed(note: Note): note is Deed {
  return ["acknowledged", "released", "muted", "unmuted"].includes(note.kind);
}

export function deedSentence(deed: Deed): Mrkdwn {
  switch (deed.kind) {
    case "acknowledged": {
      const who = md`:eyes: *${actorName(deed.by)}*`;
      return deed.over === null ? md`${who} acknowledged` : md`${who} took over from ${actorName(deed.over)}`;
    }
    case "released":
      return releasedSentence(deed);
    case "muted":
      return md`:no_bell: *${actorName(deed.by)}* muted ${scopeName(deed.scope)} ${muteTerms(deed)}`;
    case "unmuted":
      return md`:bell: *${actorName(deed.by)}* unmuted ${scopeName(deed.scope)}`;
  }
}

function releasedSentence({ by, was }: Extract<Deed, { kind: "released" }>): Mrkdwn {
  if (by === null) return md`${mentionOf(was.user)} did not answer, so nobody is on it any more`;
  if (by.user === was.user) return md`*${actorName(by)}* is not on it any more: nobody is`;
  return md`*${actorName(by)}* took the acknowledgement of ${mentionOf(was.user)} back: nobody is on it any more`;
}
