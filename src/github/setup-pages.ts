/** What whoever makes the GitHub App gets to see. */
import type { Reply } from "../ingress/route.ts";
import { escapeHtml, pageHeaders } from "../slack/install-pages.ts";

/** What GitHub made. */
export interface MadeApp {
  readonly id: number;
  readonly privateKey: string;
  readonly webhookSecret: string;
  /** null: GitHub did not say where. */
  readonly installUrl: string | null;
}

/** @param action Where GitHub takes manifests. */
export function startPage(action: string, manifest: object): Reply {
  return page(200, "Make the GitHub App", [
    "<p>GitHub asks for its name, and shows what it may do. It belongs to you; add <code>?organization=&lt;login&gt;</code> to this address, and it belongs to an organization.</p>",
    `<form method="post" action="${escapeHtml(action)}">`,
    `<input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(manifest))}">`,
    "<button>Make it on GitHub</button>",
    "</form>",
  ]);
}

/** The only time that the key is seen: it is kept nowhere. */
export function madePage({ id, privateKey, webhookSecret, installUrl }: MadeApp): Reply {
  const settings = [
    `APP_ID=${id}`,
    `WEBHOOK_SECRET=${webhookSecret}`,
    `PRIVATE_KEY=${Buffer.from(privateKey).toString("base64")}`,
  ];
  return page(200, "The GitHub App is made", [
    "<p>Set these for Signalbox, and start it again. They are shown once, and kept nowhere here.</p>",
    `<pre>${escapeHtml(settings.join("\n"))}</pre>`,
    installUrl === null ? "" : `<p>Then <a href="${escapeHtml(installUrl)}">install it on your repositories</a>.</p>`,
  ]);
}

export function failedPage(status: number, why: string): Reply {
  const again = '<p><a href="/github/setup">Start again</a></p>';
  return page(status, "The GitHub App was not made", [`<p>${escapeHtml(why)}</p>`, again]);
}

function page(status: number, title: string, body: readonly string[]): Reply {
  return {
    status,
    headers: pageHeaders,
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 36em; margin: 4em auto; padding: 0 1em } pre { overflow: auto; background: #eee; padding: 1em }</style>
<h1>${title}</h1>
${body.join("\n")}
</html>
`,
  };
}
