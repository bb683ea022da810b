/** `GET /debug/builds/{organization}/{pipeline}/{number}`: what Signalbox knows of a build, for whoever operates it. */
import { createHash, timingSafeEqual } from "node:crypto";
import { type BuildRef, Organization, Pipeline } from "../domain/ids.ts";
import { StoreUnavailable } from "../state/unavailable.ts";
import { type IngressRequest, type Reply, type RouteEntry, single, text, unavailable } from "./route.ts";

interface DebugOptions {
  /** Null: the view does not exist. */
  readonly password: string | null;
  /** Null for a build that nobody told us of. */
  readonly describe: (build: BuildRef) => Promise<unknown>;
}

const user = "debug";
const prefix = "/debug/builds/";
const unknown = text(404, "No such build is known.");

export function debugRoute({ password, describe }: DebugOptions): RouteEntry {
  return {
    method: "GET",
    path: `${prefix}*`,
    handle: async (request) => {
      if (password === null || password === "") return text(404, "There is nothing here.");
      // Asked before the address is looked at: who has no password learns nothing about which builds there are.
      if (!isAuthorized(request, password)) {
        return askForPassword();
      }
      return show(request.path, describe);
    },
  };
}

export function askForPassword(): Reply {
  return text(401, "Not authenticated.", { "www-authenticate": 'Basic realm="Signalbox", charset="UTF-8"' });
}

async function show(path: string, describe: DebugOptions["describe"]): Promise<Reply> {
  const [organizationSlug, pipelineSlug, number, ...more] = path.slice(prefix.length).split("/");
  if (number === undefined || more.length > 0) return text(404, `Ask for ${prefix}{organization}/{pipeline}/{number}.`);
  if (!/^[1-9]\d{0,11}$/.test(number)) return text(400, "The number of the build must be a positive whole number.");
  const organization = Organization.safeParse(organizationSlug);
  const pipeline = Pipeline.safeParse(pipelineSlug);
  if (!organization.success || !pipeline.success) return unknown;
  try {
    const ref = { organization: organization.data, pipeline: pipeline.data, number: Number(number) };
    const build = await describe(ref);
    return build === null || build === undefined ? unknown : shown(build);
  } catch (error) {
    if (error instanceof StoreUnavailable) return unavailable("Cannot show the build now: the store is unavailable.");
    throw error;
  }
}

/** Facts hold no environment. Should one ever get into them, it still does not leave here: it may hold secrets. */
function shown(build: unknown): Reply {
  const body = JSON.stringify(build, (key, value: unknown) => (key === "env" ? undefined : value), 2);
  return {
    status: 200,
    body: `${body}\n`,
    headers: { "content-type": "application/json", "cache-control": "no-store" },
  };
}

export function isAuthorized(request: IngressRequest, password: string): boolean {
  const [scheme, encoded, ...more] = (single(request, "authorization") ?? "").split(" ");
  if (scheme?.toLowerCase() !== "basic" || encoded === undefined || more.length > 0) return false;
  // One comparison of both: its time tells neither which of the two was wrong nor how much of it was right.
  return timingSafeEqual(sha256(Buffer.from(encoded, "base64")), sha256(`${user}:${password}`));
}

function sha256(data: string | Buffer): Buffer {
  return createHash("sha256").update(data).digest();
}
