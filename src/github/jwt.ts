/** How the app says who it is: a token that it signs itself, good for some minutes. By our clock, which tests can set. */
import { createPrivateKey, sign } from "node:crypto";
import { type Clock, systemClock } from "../clock.ts";

interface Jwt {
  readonly jwt: string;
  readonly expiresAt: string;
}

const minute = 60;
/** GitHub takes ten minutes at the most, and none from the future: its clock may be behind. */
const past = minute / 2;
const lasts = 9 * minute;

/** @returns what Octokit asks, with by how many seconds this computer's clock is behind when GitHub has said so. */
export function createJwtSigner(privateKey: string, clock: Clock) {
  const key = createPrivateKey(privateKey);
  return async (appId: number | string, behind?: number): Promise<Jwt> => {
    const now = behind === undefined ? clock.now() / 1000 : systemClock.now() / 1000 + behind;
    const issuedAt = Math.floor(now) - past;
    const expiresAt = issuedAt + lasts;
    const parts = [
      { alg: "RS256", typ: "JWT" },
      { iat: issuedAt, exp: expiresAt, iss: String(appId) },
    ];
    const signed = parts.map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    const signature = sign("RSA-SHA256", Buffer.from(signed), key).toString("base64url");
    return { jwt: `${signed}.${signature}`, expiresAt: isoOf(expiresAt) };
  };
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
