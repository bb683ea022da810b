/** The dialog that asks for a GitHub login. It carries the action that needed one, so nobody has to click twice. */
import type { ModalView } from "@slack/types";
import { z } from "zod";
import { GithubLogin } from "../../domain/person.ts";
import { type CarriedAction, callbackIds, readCarried, writeCarried } from "../action-ids.ts";
import { section } from "./blocks.ts";
import { metadataOf, valuesOf } from "./dialog-values.ts";
import { plain } from "./elements.ts";
import { md } from "./mrkdwn.ts";
import type { FieldErrors } from "./read-mute-dialog.ts";

const loginField = "link.login";

export interface LinkMetadata {
  /** What goes on once the login is known. */
  readonly carried: CarriedAction | null;
  /** Where to answer, when there is a channel. */
  readonly channel: string | null;
}

/** As it is in the dialog: the action in its short form. */
const Kept = z.object({ carried: z.string().nullable(), channel: z.string().nullable() });

export function linkDialog({ carried, channel }: LinkMetadata): ModalView {
  const kept: z.infer<typeof Kept> = { carried: carried && writeCarried(carried), channel };
  return {
    type: "modal",
    callback_id: callbackIds.link,
    private_metadata: JSON.stringify(kept),
    title: plain("Link GitHub", 24),
    submit: plain("Link", 24),
    close: plain("Cancel", 24),
    blocks: [
      section(md`Signalbox mentions you when a change of yours breaks a branch, and lets you rerun builds.`),
      {
        type: "input",
        block_id: loginField,
        label: plain("Your GitHub login", 150),
        hint: plain("As in github.com/ada-lovelace. What you do is recorded under it.", 150),
        element: {
          type: "plain_text_input",
          action_id: loginField,
          placeholder: plain("ada-lovelace", 150),
          max_length: 100,
          focus_on_load: true,
        },
      },
    ],
  };
}

export interface LinkRequest extends LinkMetadata {
  readonly kind: "link";
  readonly login: GithubLogin;
}

/** @param state `view.state.values`. */
export function readLinkDialog(state: unknown, privateMetadata: string): LinkRequest | FieldErrors {
  const typed = valuesOf(state).text(loginField) ?? "";
  const login = GithubLogin.safeParse(typed.replace(/^(?:https?:\/\/)?github\.com\/|^@/i, "").replace(/\/$/, ""));
  if (!login.success) {
    return {
      kind: "errors",
      errors: { [loginField]: "This is not a GitHub login: letters, digits and hyphens only." },
    };
  }
  const kept = metadataOf(Kept, privateMetadata);
  const carried = kept?.carried ? readCarried(kept.carried) : null;
  return { kind: "link", login: login.data, carried, channel: kept?.channel ?? null };
}
