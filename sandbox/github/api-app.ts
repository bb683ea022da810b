/** The app about itself, its installations and their tokens. */
import { z } from "zod";
import type { HttpAnswer } from "../http.ts";
import { type Call, failure, invalid, notFound, paged, parseJson, type Route } from "./api-call.ts";
import type { Installation } from "./installation.ts";
import { accountJson, appJson, repositoryJson, time } from "./json.ts";
import { installationJson } from "./json-installation.ts";

export const appRoutes: readonly Route[] = [
  { name: "apps.getAuthenticated", path: "GET /app", as: "app", handle: getApp },
  { name: "apps.listInstallations", path: "GET /app/installations", as: "app", handle: listInstallations },
  { name: "apps.getInstallation", path: "GET /app/installations/:id", as: "app", handle: getInstallation },
  {
    name: "apps.createInstallationAccessToken",
    path: "POST /app/installations/:id/access_tokens",
    as: "app",
    handle: createToken,
  },
  { name: "apps.getRepoInstallation", path: "GET /repos/:owner/:repo/installation", as: "app", handle: ofRepository },
  { name: "apps.getUserInstallation", path: "GET /users/:login/installation", as: "app", handle: ofAccount },
  { name: "apps.getOrgInstallation", path: "GET /orgs/:login/installation", as: "app", handle: ofAccount },
  {
    name: "apps.listReposAccessibleToInstallation",
    path: "GET /installation/repositories",
    as: "installation",
    handle: listRepositories,
  },
  { name: "users.getByUsername", path: "GET /users/:login", as: "installation", handle: getUser },
];

function getApp({ world }: Call): HttpAnswer {
  const count = world.installations.filter(({ deleted }) => !deleted).length;
  return { status: 200, body: { ...appJson(world.app, 0), installations_count: count } };
}

function listInstallations(call: Call): HttpAnswer {
  const installations = call.world.installations.filter(({ deleted }) => !deleted);
  return paged(call, installations, (page) => page.map(installationJson));
}

function find({ world, params }: Call): Installation | undefined {
  return world.installations.find(({ id, deleted }) => !deleted && id === Number(params.id));
}

function getInstallation(call: Call): HttpAnswer {
  const found = find(call);
  return found === undefined ? notFound() : { status: 200, body: installationJson(found) };
}

function ofRepository({ world, params }: Call): HttpAnswer {
  const found = world.findRepository(`${params.owner}/${params.repo}`)?.installation ?? null;
  return found === null ? notFound() : { status: 200, body: installationJson(found) };
}

function ofAccount({ world, params }: Call): HttpAnswer {
  const found = world.installationOf(params.login ?? "");
  return found === undefined ? notFound() : { status: 200, body: installationJson(found) };
}

const Narrowing = z.object({
  repositories: z.array(z.string()).optional(),
  repository_ids: z.array(z.number()).optional(),
  permissions: z.record(z.string(), z.enum(["read", "write"])).optional(),
});

/** A token may ask for less than the installation has, never for more. */
function createToken(call: Call): HttpAnswer {
  const installation = find(call);
  if (installation === undefined) return notFound();
  if (installation.suspended) return failure(403, "This installation has been suspended");
  const parsed = Narrowing.safeParse(parseJson(call.request.body));
  if (!parsed.success) return invalid(parsed.error.issues);
  const { repositories: names, repository_ids: ids, permissions = installation.permissions } = parsed.data;
  const beyond = Object.entries(permissions).some(
    ([name, access]) =>
      installation.permissions[name] !== access && !(installation.permissions[name] === "write" && access === "read"),
  );
  if (beyond) return failure(422, "The permissions requested are not granted to this installation.");
  const wanted = installation.repositories.filter(
    ({ name, id }) => names?.includes(name) === true || ids?.includes(id) === true,
  );
  const all = names === undefined && ids === undefined;
  if (!all && wanted.length < (names?.length ?? 0) + (ids?.length ?? 0)) {
    return failure(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  }
  const token = call.auth.issue(installation, { permissions, repositories: all ? null : wanted });
  const body = {
    token: token.value,
    expires_at: time(token.expiresAt),
    permissions,
    repository_selection: all ? installation.selection : "selected",
    ...(all ? {} : { repositories: wanted.map(repositoryJson) }),
  };
  return { status: 201, body };
}

function listRepositories(call: Call): HttpAnswer {
  if (call.caller.kind !== "installation") return notFound();
  const { installation, repositories } = call.caller.token;
  const all = repositories ?? installation.repositories;
  return paged(call, all, (page) => ({
    total_count: all.length,
    repository_selection: installation.selection,
    repositories: page.map(repositoryJson),
  }));
}

function getUser({ world, params }: Call): HttpAnswer {
  const found = world.accounts.find(params.login ?? "");
  if (found === undefined) return notFound();
  return { status: 200, body: { ...accountJson(found), name: found.name, email: null, company: null, blog: "" } };
}
