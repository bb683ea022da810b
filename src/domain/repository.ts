/** `owner/name` of a repository on github.com, out of any of the ways git spells its address; null when it is elsewhere. */
export function githubRepository(address: string | null): string | null {
  const match =
    /^(?:https:\/\/(?:[^@/]*@)?github\.com\/|git:\/\/github\.com\/|(?:ssh:\/\/)?git@github\.com[:/])([\w.-]{1,100}\/[\w.-]{1,100}?)(?:\.git)?\/?$/.exec(
      address ?? "",
    );
  return match?.[1] ?? null;
}
