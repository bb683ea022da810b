import type { Need } from "./api-call.ts";
import type { Token } from "./auth.ts";
import type { Repository } from "./repository.ts";

/** May the token do one of these? An installation that accepts less later takes it from its tokens, too. */
export function allows({ permissions, installation }: Token, needs: readonly Need[]): boolean {
  return needs.some((need) => {
    if (need === "metadata:read") return true;
    const [name = "", access] = need.split(":");
    const levels = [permissions[name], installation.permissions[name]];
    return levels.every((level) => level === "write" || (level === "read" && access === "read"));
  });
}

/** To everybody else a repository does not exist. */
export function sees({ repositories, installation }: Token, repository: Repository): boolean {
  return installation.has(repository) && (repositories === null || repositories.includes(repository));
}
