/** Installations, as the API and webhooks show them. */
import type { Installation } from "./installation.ts";
import { accountJson, apiUrl, htmlUrl, time, timeOrNull } from "./json.ts";

export function installationJson(installation: Installation) {
  const { id, account, world, suspendedAt, admin } = installation;
  return {
    id,
    account: accountJson(account),
    repository_selection: installation.selection,
    access_tokens_url: `${apiUrl}/app/installations/${id}/access_tokens`,
    repositories_url: `${apiUrl}/installation/repositories`,
    html_url:
      account.type === "Organization"
        ? `${htmlUrl}/organizations/${account.login}/settings/installations/${id}`
        : `${htmlUrl}/settings/installations/${id}`,
    app_id: world.app.id,
    app_slug: world.app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: installation.permissions,
    events: world.app.events,
    created_at: time(installation.createdAt),
    updated_at: time(installation.updatedAt),
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: suspendedAt === null ? null : accountJson(admin),
    suspended_at: timeOrNull(suspendedAt),
  };
}
