/**
 * Installing by OAuth, for more than one workspace: `/slack/install` sends a browser to Slack, which sends it back to
 * `/slack/oauth_redirect` with a code. Slack's own `InstallProvider` does the same for a framework's request and
 * response; here are routes, a state that counts once, and a cookie that other sites' requests do not carry.
 */
import type { Logger } from "pino";
import type { Clock } from "../clock.ts";
import type { IngressRequest, Reply, RouteEntry } from "../ingress/route.ts";
import type { InstallStates } from "../state/install-states.ts";
import type { Installations, NewInstallation } from "../state/installations.ts";
import { createExchange, type Exchanged, type ExchangeOptions } from "./install-exchange.ts";
import { installedPage, pageReply, pages, privacyHeaders, refusedPage } from "./install-pages.ts";
import { createInstallState, noStateCookie, stateCookie } from "./install-state.ts";

/** What an operator sets. */
export interface InstallSettings extends Omit<ExchangeOptions, "timeoutMs"> {
  readonly stateSecret: string | Buffer;
  readonly scopes: readonly string[];
  readonly authorizeUrl: string;
}

interface InstallOptions {
  readonly settings: InstallSettings;
  readonly installations: Pick<Installations, "storeInstallation">;
  readonly states: InstallStates;
  readonly timeoutMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

export function installRoutes(options: InstallOptions): readonly RouteEntry[] {
  const { settings, installations, states, timeoutMs, clock, log } = options;
  const state = createInstallState(settings.stateSecret, clock);
  const exchange = createExchange({ ...settings, timeoutMs });

  async function start(): Promise<Reply> {
    const issued = state.issue();
    const location = authorizeAddress(settings, issued);
    return { status: 302, body: "", headers: { ...privacyHeaders, location, "set-cookie": stateCookie(issued) } };
  }

  async function comeBack(request: IngressRequest): Promise<Reply> {
    const answer = new URLSearchParams(request.query);
    const error = answer.get("error");
    if (error !== null) return refuse(error);
    const verdict = state.verify(single(answer, "state"), request.header("cookie"));
    const code = single(answer, "code");
    if (verdict.kind !== "valid" || !code) {
      const reason = verdict.kind === "valid" ? "missing" : verdict.kind;
      log.info({ reason }, "Refused to finish an installation in Slack");
      return pageReply(pages[reason]);
    }
    // Spent before the code is: whoever comes second, or while Redis is away, must not use it up.
    const spent = await states.spend(verdict.nonce).catch((cause: unknown) => storeFailed(cause));
    if (typeof spent !== "boolean") return spent;
    return spent ? finish(await exchange(code)) : ended(pages.used);
  }

  async function finish(outcome: Exchanged): Promise<Reply> {
    switch (outcome.kind) {
      case "installed":
        return keep(outcome.installation);
      case "used":
        return ended(pages.used);
      case "rotating":
        log.error("Cannot install in Slack: the app rotates its tokens; create it anew from slack.yml");
        return ended(pages.rotating);
      case "refused":
        log.error({ code: outcome.code }, "Cannot install in Slack: Slack refused the settings of the app");
        return ended(refusedPage(outcome.code));
      case "unavailable":
        log.warn({ err: outcome.cause }, "Cannot install in Slack: Slack gave no usable answer");
        return ended(pages.unavailable);
    }
  }

  async function keep(installation: NewInstallation): Promise<Reply> {
    const failed = await installations.storeInstallation(installation).catch((cause: unknown) => storeFailed(cause));
    if (failed) return failed;
    const { team, enterprise, isEnterpriseInstall, user, bot, appId } = installation;
    log.info(
      { team: team?.id ?? null, enterprise: enterprise?.id ?? null, by: user.id, scopes: bot?.scopes },
      "Installed in Slack",
    );
    const place = isEnterpriseInstall ? enterprise : team;
    const open =
      team && appId ? `https://slack.com/app_redirect?${new URLSearchParams({ app: appId, team: team.id })}` : null;
    return ended(installedPage(place?.name ?? place?.id ?? "Slack", open));
  }

  /** Anybody can send such an address, so nothing is concluded from it. */
  function refuse(error: string): Reply {
    if (error === "access_denied") return pageReply(pages.denied);
    const code = /^[a-z_]{1,64}$/.test(error) ? error : "an error that is not known";
    log.info({ code }, "Slack sent a browser back without an installation");
    return pageReply({ ...refusedPage(code), status: 400 });
  }

  function storeFailed(cause: unknown): Reply {
    log.warn({ err: cause }, "Cannot install in Slack: the store is unavailable");
    return ended(pages.storeUnavailable);
  }

  return [
    { method: "GET", path: "/slack/install", handle: start },
    { method: "GET", path: "/slack/oauth_redirect", handle: comeBack },
  ];
}

function authorizeAddress({ authorizeUrl, clientId, scopes, redirectUri }: InstallSettings, state: string): string {
  const address = new URL(authorizeUrl);
  address.searchParams.set("client_id", clientId);
  address.searchParams.set("scope", scopes.join(","));
  address.searchParams.set("state", state);
  if (redirectUri !== null) address.searchParams.set("redirect_uri", redirectUri);
  return address.href;
}

/** Nothing more can come of this state. */
function ended(page: Parameters<typeof pageReply>[0]): Reply {
  return pageReply(page, { "set-cookie": noStateCookie });
}

/** The parameter of that name, if it was sent exactly once. */
function single(parameters: URLSearchParams, name: string): string | null {
  const [value, ...others] = parameters.getAll(name);
  return value === undefined || others.length > 0 ? null : value;
}
