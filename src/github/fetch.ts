/**
 * The one way a request takes to GitHub. The app's keys go to the configured address alone, wherever an answer points;
 * and an answer that did not arrive whole is none, while Octokit takes what it got of it for the answer.
 */

type Fetch = typeof globalThis.fetch;

export interface FetchOptions {
  readonly apiUrl: string;
  readonly timeoutMs: number;
}

const redirects = new Set([301, 302, 307, 308]);
/** A repository that was renamed twice, and then some. */
const mostRedirects = 3;
/** The longest comparison of commits has a few megabytes. */
const largestAnswer = 32 * 1024 * 1024;
/** `Response` refuses a body for these. */
const bodiless = new Set([204, 205, 304]);

export function createFetch({ apiUrl, timeoutMs }: FetchOptions): Fetch {
  const { origin } = new URL(apiUrl);

  return async (input, init) => {
    const signal = AbortSignal.timeout(timeoutMs);
    let url = addressOf(input);
    for (let hops = 0; ; hops += 1) {
      if (url.origin !== origin) throw new Error("Cannot ask GitHub: the address is not that of its API");
      const response = await fetch(url.href, { ...init, redirect: "manual", signal });
      const body = await readBody(response);
      const next = redirects.has(response.status) ? URL.parse(response.headers.get("location") ?? "", url.href) : null;
      if (next === null || next.origin !== origin || hops === mostRedirects) {
        const { status, statusText, headers } = response;
        return new Response(bodiless.has(status) ? null : body, { status, statusText, headers: decoded(headers) });
      }
      // The same method again, as GitHub's documentation demands: nothing was done yet.
      url = next;
    }
  };
}

function addressOf(input: Parameters<Fetch>[0]): URL {
  return new URL(input instanceof Request ? input.url : String(input));
}

/** The body is decompressed by now. */
function decoded(headers: Headers): Headers {
  const kept = new Headers(headers);
  kept.delete("content-encoding");
  kept.delete("content-length");
  return kept;
}

async function readBody(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop ends the transfer.
    if (size > largestAnswer) throw new Error(`Cannot read GitHub's answer: it is larger than ${largestAnswer} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
