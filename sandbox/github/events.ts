/** What every webhook of a repository says beside what happened. */
import type { Account } from "./accounts.ts";
import { nodeId } from "./ids.ts";
import { accountJson, organizationJson, repositoryJson } from "./json.ts";
import type { Repository } from "./repository.ts";

export function context(repository: Repository, sender: Account) {
  const { owner, installation } = repository;
  return {
    repository: repositoryJson(repository),
    ...(owner.type === "Organization" ? { organization: organizationJson(owner) } : {}),
    sender: accountJson(sender),
    ...(installation === null
      ? {}
      : { installation: { id: installation.id, node_id: nodeId("IntegrationInstallation", installation.id) } }),
  };
}
