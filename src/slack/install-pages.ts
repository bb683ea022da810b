/** What a person who installs Signalbox gets to see. */
import type { Reply } from "../ingress/route.ts";

interface Page {
  readonly status: number;
  readonly title: string;
  readonly says: readonly string[];
  readonly steps?: readonly string[];
  readonly link?: { readonly href: string; readonly says: string };
}

const again = { href: "/slack/install", says: "Start the installation again" } as const;

export const pages = {
  denied: {
    status: 403,
    title: "Signalbox was not installed",
    says: ["You did not allow it in Slack, so nothing was stored.", "If that was a mistake, start again."],
    link: again,
  },
  missing: {
    status: 400,
    title: "Signalbox was not installed",
    says: [
      "This page must be reached from Slack, in the browser in which the installation was started, with cookies allowed.",
    ],
    link: again,
  },
  foreign: {
    status: 400,
    title: "Signalbox was not installed",
    says: ["This installation was started somewhere else, or another one was started since."],
    link: again,
  },
  expired: {
    status: 400,
    title: "Signalbox was not installed",
    says: ["The installation was started more than ten minutes ago."],
    link: again,
  },
  used: {
    status: 400,
    title: "This link from Slack was used before",
    says: ["If Signalbox answers to /signalbox help in Slack, it is installed, and you are done. If not, start again."],
    link: again,
  },
  unavailable: {
    status: 502,
    title: "Slack did not answer",
    says: ["Nothing was stored. Start again in a minute."],
    link: again,
  },
  storeUnavailable: {
    status: 503,
    title: "Signalbox cannot store the installation now",
    says: ["Start again in a minute: installing twice does no harm."],
    link: again,
  },
  rotating: {
    status: 500,
    title: "Signalbox was not installed",
    says: [
      "The Slack app has token rotation switched on, and its tokens would end within hours. Nothing was stored.",
      "Whoever operates Signalbox must create the Slack app anew from slack.yml: rotation cannot be switched off again.",
    ],
  },
} as const satisfies Record<string, Page>;

/** @param code Slack's word, such as `bad_redirect_uri`. */
export function refusedPage(code: string): Page {
  return {
    status: 500,
    title: "Slack refused the installation",
    says: [
      `Slack says: ${code}. Nothing was stored.`,
      "Whoever operates Signalbox must compare SLACK_CLIENT_ID, SLACK_CLIENT_SECRET, SLACK_REDIRECT_URI and the scopes with the settings of the Slack app.",
    ],
  };
}

/** @param workspace The name that people gave it. */
export function installedPage(workspace: string, open: string | null): Page {
  return {
    status: 200,
    title: `Signalbox is installed in ${workspace}`,
    says: ["What is left to do, in Slack:"],
    steps: [
      "Type /invite @signalbox in the channel that is to get the alerts.",
      "Type /signalbox subscribe there, with what to watch. /signalbox help shows how.",
      "Type /signalbox link, so that it knows who you are on GitHub.",
    ],
    ...(open !== null && { link: { href: open, says: "Open Slack" } }),
  };
}

export function pageReply({ status, title, says, steps = [], link }: Page, headers: Reply["headers"] = {}): Reply {
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...says.map((line) => `<p>${escapeHtml(line)}</p>`),
    ...(steps.length > 0 ? [`<ol>${steps.map((step) => `<li>${escapeHtml(step)}</li>`).join("")}</ol>`] : []),
    ...(link ? [`<p><a href="${escapeHtml(link.href)}">${escapeHtml(link.says)}</a></p>`] : []),
  ];
  return {
    status,
    headers: { ...pageHeaders, ...headers },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>body { font: 16px/1.5 system-ui, sans-serif; max-width: 36em; margin: 4em auto; padding: 0 1em }</style>
${body.join("\n")}
</html>
`,
  };
}

/** The address holds a code and a state: neither may go to whoever is linked to, nor be kept. */
export const privacyHeaders = { "cache-control": "no-store", "referrer-policy": "no-referrer" } as const;

export const pageHeaders = {
  ...privacyHeaders,
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'",
  "x-content-type-options": "nosniff",
} as const;

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
