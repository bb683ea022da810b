/** Who asks: the app, by a JSON Web Token that it signed, or one of its installations, by a token that GitHub gave it. */
import { createHash, type KeyObject, verify } from "node:crypto";
import { z } from "zod";
import type { Clock, Instant } from "../../src/clock.ts";
import type { Installation } from "./installation.ts";
import type { Repository } from "./repository.ts";
import type { Permissions } from "./world.ts";

export interface Token {
  readonly value: string;
  readonly installation: Installation;
  readonly permissions: Permissions;
  /** Null: all that the installation has. */
  readonly repositories: readonly Repository[] | null;
  readonly expiresAt: Instant;
}

export type Caller = { readonly kind: "app" } | { readonly kind: "installation"; readonly token: Token };

export interface Refused {
  readonly kind: "refused";
  readonly status: 401 | 403 | 404;
  readonly message: string;
}

const hour = 3_600_000;
const Header = z.object({ alg: z.literal("RS256") });
const Claims = z.object({ iss: z.union([z.string(), z.number()]), iat: z.number().int(), exp: z.number().int() });

export class Auth {
  readonly #clock: Clock;
  readonly #appId: number;
  readonly #key: KeyObject;
  readonly #tokens = new Map<string, Token>();

  constructor(clock: Clock, appId: number, key: KeyObject) {
    this.#clock = clock;
    this.#appId = appId;
    this.#key = key;
  }

  issue(installation: Installation, { permissions, repositories }: Pick<Token, "permissions" | "repositories">): Token {
    const seed = `${installation.id}:${this.#tokens.size + 1}`;
    const value = `ghs_${createHash("sha256").update(seed).digest("hex").slice(0, 36)}`;
    const token = { value, installation, permissions, repositories, expiresAt: this.#clock.now() + hour };
    this.#tokens.set(value, token);
    return token;
  }

  /** Ends all tokens at once, as when somebody revokes them. */
  revoke(): void {
    this.#tokens.clear();
  }

  caller(authorization: string | undefined): Caller | Refused {
    const value = /^(?:bearer|token) (.+)$/i.exec(authorization ?? "")?.[1];
    if (value === undefined) return refused(401, "Requires authentication");
    if (value.split(".").length === 3) return this.#app(value);
    const token = this.#tokens.get(value);
    if (token === undefined || token.installation.deleted || token.expiresAt <= this.#clock.now()) {
      return refused(401, "Bad credentials");
    }
    if (token.installation.suspended) return refused(403, "This installation has been suspended");
    return { kind: "installation", token };
  }

  #app(jwt: string): Caller | Refused {
    const [header = "", body = "", signature = ""] = jwt.split(".");
    const claims = Claims.safeParse(decoded(body));
    const signed = verify(
      "RSA-SHA256",
      Buffer.from(`${header}.${body}`),
      this.#key,
      Buffer.from(signature, "base64url"),
    );
    if (!signed || !claims.success || !Header.safeParse(decoded(header)).success) {
      return refused(401, "A JSON web token could not be decoded");
    }
    const { iss, iat, exp } = claims.data;
    if (String(iss) !== String(this.#appId)) return refused(404, "Integration not found");
    const now = this.#clock.now() / 1000;
    if (exp <= now)
      return refused(
        401,
        `'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires`,
      );
    if (exp > now + 600) return refused(401, "'Expiration time' claim ('exp') is too far in the future");
    if (iat > now)
      return refused(
        401,
        "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
      );
    return { kind: "app" };
  }
}

function refused(status: Refused["status"], message: string): Refused {
  return { kind: "refused", status, message };
}

function decoded(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return null;
  }
}
