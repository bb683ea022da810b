/** Slack's half of an installation: the code that the browser brought back, exchanged for the tokens it stands for. */
import { WebAPIPlatformError, WebClient } from "@slack/web-api";
import { z } from "zod";
import type { NewInstallation } from "../state/installations.ts";
import { silent } from "./silent.ts";

export interface ExchangeOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly apiUrl: string;
  readonly timeoutMs: number;
  /** Must be what was sent when the installation was started; null when nothing was, and Slack took its first. */
  readonly redirectUri: string | null;
}

export type Exchanged =
  | { readonly kind: "installed"; readonly installation: NewInstallation }
  /** The code was used before, or is too old. */
  | { readonly kind: "used" }
  /** Our settings are not those of the app: `code` is Slack's word. */
  | { readonly kind: "refused"; readonly code: string }
  /** Tokens of this app end within hours. */
  | { readonly kind: "rotating" }
  | { readonly kind: "unavailable"; readonly cause: unknown };

const usedCodes = new Set(["invalid_code", "code_already_used", "code_expired"]);
/** What comes of Slack's troubles and not of our settings. */
const passingCodes = new Set([
  "fatal_error",
  "internal_error",
  "service_unavailable",
  "request_timeout",
  "ratelimited",
  "team_added_to_org",
]);

const Named = z.object({ id: z.string(), name: z.string().exactOptional() });
const Access = z
  .object({
    access_token: z.string().min(1),
    token_type: z.literal("bot"),
    scope: z.string(),
    bot_user_id: z.string(),
    app_id: z.string(),
    team: Named.nullish(),
    enterprise: Named.nullish(),
    is_enterprise_install: z.boolean().default(false),
    authed_user: z.object({ id: z.string() }),
    refresh_token: z.string().optional(),
  })
  .refine((access) => (access.is_enterprise_install ? access.enterprise : access.team), "names no place");
const Identity = z.object({ bot_id: z.string(), url: z.string() });

export function createExchange(options: ExchangeOptions): (code: string) => Promise<Exchanged> {
  const { clientId, clientSecret, redirectUri } = options;
  const settings = {
    slackApiUrl: options.apiUrl,
    timeout: options.timeoutMs,
    // A code can be used once, so a second attempt could only fail; and a person is waiting.
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: silent,
  };
  const anonymous = new WebClient(undefined, settings);

  async function exchange(code: string): Promise<Exchanged> {
    const answer = await anonymous.apiCall("oauth.v2.access", {
      client_id: clientId,
      client_secret: clientSecret,
      code,
      ...(redirectUri !== null && { redirect_uri: redirectUri }),
    });
    const access = Access.parse(answer);
    if (access.refresh_token !== undefined) return { kind: "rotating" };
    // Only Slack's answer to the token itself tells the bot's id, by which Signalbox knows its own messages.
    const bot = new WebClient(access.access_token, settings);
    const identity = Identity.parse(await bot.apiCall("auth.test"));
    return { kind: "installed", installation: toInstallation(access, identity) };
  }

  return async (code) => {
    try {
      return await exchange(code);
    } catch (error) {
      if (!(error instanceof WebAPIPlatformError) || passingCodes.has(error.data.error)) {
        return { kind: "unavailable", cause: error };
      }
      return usedCodes.has(error.data.error) ? { kind: "used" } : { kind: "refused", code: error.data.error };
    }
  };
}

function toInstallation(access: z.infer<typeof Access>, { bot_id, url }: z.infer<typeof Identity>): NewInstallation {
  const { team, enterprise, is_enterprise_install: isEnterpriseInstall } = access;
  return {
    ...(team && { team }),
    ...(enterprise && { enterprise }),
    ...(isEnterpriseInstall && { enterpriseUrl: url }),
    user: { id: access.authed_user.id },
    bot: {
      token: access.access_token,
      id: bot_id,
      userId: access.bot_user_id,
      scopes: access.scope.split(",").filter((scope) => scope !== ""),
    },
    appId: access.app_id,
    isEnterpriseInstall,
  };
}
