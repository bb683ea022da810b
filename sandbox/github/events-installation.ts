import type { Installation } from "./installation.ts";
import { accountJson, organizationJson, repositoryBrief } from "./json.ts";
import { installationJson } from "./json-installation.ts";
import type { Repository } from "./repository.ts";

export function installationEvent(
  installation: Installation,
  action: "created" | "deleted" | "suspend" | "unsuspend",
  repositories: readonly Repository[],
): object {
  return {
    action,
    installation: installationJson(installation),
    repositories: repositories.map(repositoryBrief),
    ...(action === "created" ? { requester: null } : {}),
    ...around(installation),
  };
}

export function installationRepositoriesEvent(
  installation: Installation,
  action: "added" | "removed",
  change: { readonly added: readonly Repository[]; readonly removed: readonly Repository[] },
): object {
  return {
    action,
    installation: installationJson(installation),
    repository_selection: installation.selection,
    repositories_added: change.added.map(repositoryBrief),
    repositories_removed: change.removed.map(repositoryBrief),
    requester: null,
    ...around(installation),
  };
}

function around({ account, admin }: Installation) {
  return {
    ...(account.type === "Organization" ? { organization: organizationJson(account) } : {}),
    sender: accountJson(admin),
  };
}
