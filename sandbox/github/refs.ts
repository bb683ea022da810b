import type { Commit } from "./git.ts";
import type { Repository } from "./repository.ts";

/** What a request means by a name: a branch, a branch of a fork (`owner:branch`), or a commit. */
export function findRef(repository: Repository, ref: string): Commit | undefined {
  const [owner, branch] = ref.includes(":") ? ref.split(":", 2) : [undefined, ref];
  const home =
    owner === undefined
      ? repository
      : repository.world.repositories.find(
          ({ git, owner: { login } }) => git === repository.git && login.toLowerCase() === owner.toLowerCase(),
        );
  const name = (branch ?? "").replace(/^(?:refs\/)?heads\//, "");
  const tip = name === "HEAD" ? home?.branches.get(home.defaultBranch) : home?.branches.get(name);
  return tip === undefined ? repository.git.find(ref) : repository.git.get(tip);
}
