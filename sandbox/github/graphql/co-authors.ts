import type { Commit, Signature } from "../git.ts";
import type { Repository } from "../repository.ts";

/** Who is named at the end of the message. */
export function coAuthors({ world }: Repository, { message, author }: Commit): Signature[] {
  return [...message.matchAll(/^co-authored-by:\s*(.+?)\s*<([^<>\s]+)>\s*$/gim)].map(([, name = "", email = ""]) => ({
    name,
    email,
    login: world.accounts.withEmail(email)?.login ?? null,
    at: author.at,
  }));
}
