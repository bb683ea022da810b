/**
 * Making the GitHub App from a browser, as Probot does it: `/github/setup` sends a manifest to GitHub, which comes back with
 * a code for the app's keys. Only while there is no app, and only for who has the password of the debug view. Probot's own
 * writes them to a file and restarts; here they are shown once, for where the operator keeps secrets.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { Logger } from "pino";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { GithubAddress } from "../github-settings.ts";
import { askForPassword, isAuthorized } from "../ingress/debug.ts";
import { type IngressRequest, type Reply, type Route, type RouteEntry, single, text } from "../ingress/route.ts";
import { createFetch } from "./fetch.ts";
import { eventPermissions, permissions } from "./manifest.ts";
import { failedPage, madePage, startPage } from "./setup-pages.ts";

interface SetupOptions {
  /** null: there is an app. */
  readonly address: GithubAddress | null;
  /** null: nobody may. */
  readonly password: string | null;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

const hour = 3_600_000;
const Made = z.object({
  id: z.number(),
  pem: z.string().includes("PRIVATE KEY"),
  webhook_secret: z.string().min(1),
  html_url: z.url(),
});

export function setupRoutes({ address, password, timeoutMs, clock, log }: SetupOptions): readonly RouteEntry[] {
  if (address === null || password === null) return [];
  const { apiUrl, webUrl } = address;
  const ask = createFetch({ apiUrl, timeoutMs });

  /** Proof that who comes back was sent from here: somebody else's app would read along. */
  const stateOf = (at: number): string =>
    `${at}.${createHmac("sha256", password).update(`github setup ${at}`).digest("base64url")}`;
  const isOurs = (state: string): boolean => {
    const at = Number(state.split(".")[0]);
    const age = clock.now() - at;
    return age >= 0 && age < hour && isSame(state, stateOf(at));
  };

  const guarded =
    (handle: Route): Route =>
    async (request) =>
      isAuthorized(request, password) ? handle(request) : askForPassword();

  async function start(request: IngressRequest): Promise<Reply> {
    const here = originOf(request);
    if (here === null)
      return text(400, "Cannot tell under which address GitHub finds Signalbox: send one Host header.");
    const organization = new URLSearchParams(request.query).get("organization");
    const owner = organization === null ? "" : `/organizations/${encodeURIComponent(organization)}`;
    const action = `${webUrl}${owner}/settings/apps/new?state=${encodeURIComponent(stateOf(clock.now()))}`;
    return startPage(action, manifestFor(here));
  }

  async function comeBack(request: IngressRequest): Promise<Reply> {
    const query = new URLSearchParams(request.query);
    const code = query.get("code") ?? "";
    if (!/^[\w-]{1,100}$/.test(code) || !isOurs(query.get("state") ?? "")) {
      return failedPage(400, "This page must be reached from GitHub, within an hour after it was begun here.");
    }
    const headers = { accept: "application/vnd.github+json", "user-agent": "signalbox" };
    try {
      const answer = await ask(`${apiUrl}/app-manifests/${code}/conversions`, { method: "POST", headers });
      if (!answer.ok) {
        log.warn({ status: answer.status }, "Cannot finish the GitHub App: GitHub refused the code");
        return failedPage(502, `GitHub answered ${answer.status}. A code counts once, and for an hour.`);
      }
      const { id, pem, webhook_secret: webhookSecret, html_url: page } = Made.parse(await answer.json());
      log.info({ appId: id }, "A GitHub App was made: set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET, and start again");
      const installUrl = new URL(page).origin === new URL(webUrl).origin ? `${page}/installations/new` : null;
      return madePage({ id, privateKey: pem, webhookSecret, installUrl });
    } catch (error) {
      // What could not be read may hold the key.
      const why = error instanceof z.ZodError ? "its answer has another form" : "it did not answer";
      log.warn({ why }, "Cannot finish the GitHub App");
      return failedPage(502, `GitHub may have made the app, but ${why}. If it is there, make a new key on its page.`);
    }
  }

  return [
    { method: "GET", path: "/github/setup", handle: guarded(start) },
    { method: "GET", path: "/github/setup/done", handle: guarded(comeBack) },
  ];
}

/** As in `app.yml`, for this host. */
function manifestFor(here: string): object {
  return {
    name: "Signalbox",
    url: here,
    hook_attributes: { url: `${here}/github/webhooks`, active: true },
    redirect_url: `${here}/github/setup/done`,
    public: false,
    default_permissions: permissions,
    default_events: Object.keys(eventPermissions),
  };
}

/** As the browser of somebody who has the password knows it, and as they see it on the next page. */
function originOf(request: IngressRequest): string | null {
  const host = single(request, "x-forwarded-host") ?? single(request, "host");
  if (host === null || !/^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:]+\](?::\d{1,5})?$/i.test(host)) return null;
  return `${single(request, "x-forwarded-proto") === "https" ? "https" : "http"}://${host}`;
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
