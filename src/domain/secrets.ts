/**
 * Hides what looks like a secret in text that others wrote (logs, commands) before people read it.
 *
 * - It is the second net: agents redact the secrets they know. In doubt a value is hidden, but a commit, a UUID, a path
 *   or a sentence about passwords stays readable.
 * - The text may be hostile and long, so every pattern is linear: nothing unbounded stands before its first fixed
 *   letters, and what must follow an unbounded part cannot begin inside it.
 */
const hidden = "*****";

const begin = "-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----";
const end = "-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----";
const privateKey = new RegExp(`${begin}(?:[^-]|-(?!----))*${end}`, "g");
const openedKey = new RegExp(`${begin}.*`);
const closedKey = new RegExp(`^.*${end}`);
const keyMaterial = /^[\s>|"'-]{0,40}(?:[A-Za-z0-9+/]{1,4000}={0,2}|(?:Proc-Type|DEK-Info):.{0,200})[\s"',\\]{0,40}$/;

/** Ends of names whose value is a secret: `DB_PASSWORD`, `clientSecret`, `api-key`, npm's `_auth`. */
const secretName = [
  "password",
  "passwd",
  "passphrase",
  "[_-]pwd",
  "[_-]pass",
  "secrets?",
  "token",
  "credentials?",
  "authorization",
  "(?:secret|access|api|private|signing|encryption|deploy|master|account|shared|service)[_-]?key(?:[_-]?base)?",
  String.raw`(?<!\w)_auth`,
].join("|");
const separator = String.raw`\\?["']?\]?[ \t]{0,4}(?::=|=>|=(?!=)|:(?!:))[ \t]{0,4}`;
const scheme = String.raw`(?:bearer|basic|token|digest|negotiate|apikey)[ \t]{1,4}`;
/** In quotes, in quotes inside a quoted text, or up to the next blank. */
const value = String.raw`\\"[^"\\\r\n]*|"(?:[^"\\\r\n]|\\.)*"?|'[^'\r\n]*'?|[^\s"'\\]\S*`;

const assignment = new RegExp(`((?:${secretName})${separator}(?:${scheme})?)(${value})(?=([ \\t]{1,4}[a-z])?)`, "gi");
const option = new RegExp(`((?<!\\S)--?[a-z0-9_-]{0,40}(?:${secretName})[ \\t]{1,4})(?!-)(${value})`, "gi");
/** Names that are harmless as often as not: only a value that looks random is hidden. */
const harmlessName =
  /((?:key|signature|sig|pass|auth|jwt)\\?["']?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?)([\w+/%]{32,}={0,2})/gi;

/** What tools take as arguments under names that say nothing: looked for behind the tool's own name, on its line. */
const curlLine = /\bcurl\b[^\n]*/gi;
const userOption = String.raw`(?<!\S)(?:-[a-z#]{0,8}u[ \t]{0,4}|--(?:proxy-)?user(?:[ \t]{1,4}|=))`;
const userAndPassword: readonly RegExp[] = [
  new RegExp(`(${userOption}"[^":\\n]{1,100}:)([^"\\n]+)`, "gi"),
  new RegExp(`(${userOption}'[^':\\n]{1,100}:)([^'\\n]+)`, "gi"),
  new RegExp(`(${userOption}[^\\s:"']{1,100}:)([^\\s"']+)`, "gi"),
];
const mysqlLine = /\b(?:mysql|mariadb)[^\n]*/gi;
/** Glued to its letter; a port that a container publishes is none. */
const mysqlPassword = new RegExp(`((?<!\\S)-p)(?!\\d{1,5}:\\d)(${value})`, "g");
const sshpass = new RegExp(`(\\bsshpass[ \\t]{1,4}-p[ \\t]{0,4})(${value})`, "g");
/** All of them, with their attributes: which one is a session's nobody can tell. */
const cookies =
  /(cookie\\?["']?[ \t]{0,4}:[ \t]{0,4}\\?["']?)(?=[\w!#$%&*+.^|~-]{1,200}=)(?:="[^"\r\n]*"?|[^\r\n"'])+/gi;

const wholeTokens: readonly RegExp[] = [
  /(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g,
  /(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{16,}/g,
  /(?<![A-Za-z0-9])github_pat_\w{16,}/g,
  /(?<![A-Za-z0-9])glpat-[\w-]{16,}/g,
  /(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/g,
  /(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g,
  /(?<![A-Za-z0-9])bk[a-z]{1,3}_[A-Za-z0-9]{16,}/g,
  /(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
  /(?<![A-Za-z0-9])AIza[\w-]{35}/g,
  /(?<![A-Za-z0-9])sk-(?:proj|svcacct|admin|ant)-[\w-]{16,}/g,
  /(?<![A-Za-z0-9])sk-[A-Za-z0-9]{32,}/g,
  /(?<![A-Za-z0-9])dckr_[a-z]{3}_[\w-]{16,}/g,
  /(?<![A-Za-z0-9])hf_[A-Za-z0-9]{30,}/g,
  /(?<![A-Za-z0-9])SG\.[\w-]{16,64}\.[\w-]{16,}/g,
  // Its first letters are what every one of them encodes.
  /(?<![A-Za-z0-9])pypi-Ag[\w-]{16,}/g,
  // A JSON Web Token: the first part is base64 of `{"`.
  /(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g,
];

export function maskSecrets(text: string): string {
  const readable = hideHalfKeys(text.replace(privateKey, hidden))
    // What stands before the last @ of an address's host authenticates somebody; / ? and # end the host.
    .replace(/(:\/\/[^\s/?#:@"']{0,200}:)[^\s/?#"']+@/g, `$1${hidden}@`)
    .replace(/(https?:\/\/)[^\s/?#:@"']{8,}@/gi, `$1${hidden}@`)
    .replace(/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/gi, `$1${hidden}`)
    .replace(/(discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/)[\w/-]+/gi, `$1${hidden}`)
    .replace(cookies, `$1${hidden}`)
    .replace(curlLine, (line) => userAndPassword.reduce(hideArguments, line))
    .replace(mysqlLine, (line) => hideArguments(line, mysqlPassword))
    .replace(sshpass, hideArgument)
    .replace(assignment, (all, name: string, secret: string, next: string | undefined) =>
      next !== undefined && isSentence(name, secret) ? all : name + hide(secret),
    )
    .replace(option, (all, name: string, secret: string) => (functionWord.test(secret) ? all : name + hide(secret)))
    .replace(harmlessName, (all, name: string, secret: string) => (looksRandom(secret) ? name + hidden : all))
    .replace(/(?<![A-Za-z])(bearer[ \t]{1,4})(?=[^\s\d]{0,40}\d)[\w.~+/-]{12,}={0,2}/gi, `$1${hidden}`);
  return wholeTokens.reduce((masked, token) => masked.replace(token, hidden), readable);
}

function hideArguments(line: string, pattern: RegExp): string {
  return line.replace(pattern, hideArgument);
}

function hideArgument(_: string, before: string, secret: string): string {
  return before + hide(secret);
}

/** A key whose begin or end was cut off, as at the start of the tail of a log. Its lines are replaced by one. */
function hideHalfKeys(text: string): string {
  if (!text.includes("PRIVATE KEY")) return text;
  const lines: (string | null)[] = text.split("\n");
  function drop(from: number, step: 1 | -1): void {
    for (let i = from + step; keyMaterial.test(lines[i] ?? ""); i += step) lines[i] = null;
  }
  for (const [i, line] of lines.entries()) {
    if (line === null) continue;
    lines[i] = line.replace(openedKey, hidden).replace(closedKey, hidden);
    if (openedKey.test(line)) drop(i, 1);
    else if (closedKey.test(line)) drop(i, -1);
  }
  return lines.filter((line) => line !== null).join("\n");
}

const wordsOfLogs =
  /^(?:null|nil|none|undefined|true|false|string|number|boolean|object|unknown|missing|required|invalid|expired|empty|unset|incorrect|denied)[!?.]*$/i;
const reference = /^\$(?:[A-Z][A-Z0-9_]*|\{[A-Z][A-Z0-9_]*\})$/;
const functionWord = /^(?:to|is|are|was|and|or|with|for|in|from|as|not|must|can|should|option|flag|argument)$/i;
const closing = "\"'`)]},;";

/** Keeps the quotes and brackets around a value, and values that say that there is none. */
function hide(secret: string): string {
  const open = /^\\?["']?/.exec(secret)?.[0].length ?? 0;
  let close = secret.length;
  while (close > open && closing.includes(secret.charAt(close - 1))) close -= 1;
  const inner = secret.slice(open, close);
  if (inner === "" || wordsOfLogs.test(inner) || reference.test(inner)) return secret;
  return secret.slice(0, open) + hidden + secret.slice(close);
}

/** `password: must be longer`, as opposed to `password: hunter2` and `password=must be longer`. */
function isSentence(name: string, firstWord: string): boolean {
  return /:[ \t]+$/.test(name) && /^[a-z]+$/.test(firstWord);
}

/** Hex, or letters of both cases and digits as in base64; a path or the name of a cache is neither. */
function looksRandom(text: string): boolean {
  return /^[0-9a-f]+$/i.test(text) || (/\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text));
}
