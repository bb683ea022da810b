/**
 * Hides what looks like a secret in text that others wrote, before people read it: logs and commands.
 *
 * - It is the second net, not the first: Buildkite's agent redacts what it knows. When in doubt the value is hidden, but a
 *   commit, a UUID, a path or a sentence about passwords stays readable.
 * - The text may be hostile and long. No pattern may need more than one look at a character: nothing unbounded stands
 *   before the first fixed letters of a pattern, and what follows an unbounded part cannot match inside it.
 */

export const mask = "*****";

type Replace = string | ((match: string, ...groups: string[]) => string);

const privateKey = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:[^-]|-(?!----))*-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/g;
const privateKeyBegin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const privateKeyEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----/;
const keyMaterial = /^[\s>|"'+-]{0,40}(?:[A-Za-z0-9+/]{1,4000}={0,2}|(?:Proc-Type|DEK-Info):.{0,200})[\s"',\\]{0,40}$/;

/** Words that make the value after them a secret, at the end of a name: `DB_PASSWORD`, `clientSecret`, `--api-key`. */
const secretName = [
  "password",
  "passwd",
  "passphrase",
  "[_-]pwd",
  "secrets?",
  "token",
  "credentials?",
  "(?:secret|access|api|private|signing|encryption|deploy|master|account|shared|service)[_-]?key(?:[_-]?base)?",
  "secret[_-]?access[_-]?key",
  String.raw`(?<!\w)_auth`,
].join("|");

/** In quotes, in quotes inside a quoted text, or up to the next blank. */
const value = String.raw`\\"[^"\\\r\n]*|"(?:[^"\\\r\n]|\\.)*"?|'[^'\r\n]*'?|[^\s"']\S*`;
const separator = String.raw`\\?["']?\]?[ \t]{0,4}(?::=|=>|=(?!=)|:(?!:))[ \t]{0,4}`;

const authorization = /(authorization\\?["']?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?)((?:[a-z][a-z0-9-]{0,30}[ \t]{1,4})?)([^\s"'\\][^"'\\\r\n]*)/gi;
const assignment = new RegExp(`((?:${secretName})${separator})(${value})(?=([ \\t]+[a-z]+)?)`, "gi");
const option = new RegExp(`((?<!\\S)--?[a-z0-9_-]{0,40}(?:${secretName})[ \\t]{1,4})(?!-)(${value})`, "gi");

/** Names that are harmless more often than not: only a value that looks like one hides. */
const randomValue = /((?:key|signature|sig|pass|auth|jwt)\\?["']?[ \t]{0,4}[:=][ \t]{0,4}\\?["']?)([A-Za-z0-9+/_%]{32,}={0,2})/gi;

const rules: readonly (readonly [pattern: RegExp, replace: Replace])[] = [
  [privateKey, mask],
  // The authority of an address ends at / ? or #; what is before its last @ names and authenticates somebody.
  [/([a-z][a-z0-9+.-]{0,20}:\/\/[^\s/?#:@"']{0,200}:)[^\s/?#"']+@/gi, `$1${mask}@`],
  [/(https?:\/\/)[^\s/?#:@"']{8,}@/gi, `$1${mask}@`],
  [/(hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]+/gi, `$1${mask}`],
  [authorization, (_, name = "", scheme = "", rest = "") => `${name}${scheme}${hideUnlessProse(rest, scheme)}`],
  [assignment, (_, name = "", secret = "", next) => `${name}${isProse(name, secret, next) ? secret : hide(secret)}`],
  [option, (_, name = "", secret = "") => `${name}${stopWord.test(secret) ? secret : hide(secret)}`],
  [randomValue, (all, name = "", secret = "") => (looksRandom(secret) ? `${name}${mask}` : all)],
  [/(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])/g, mask],
  [/(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{16,}/g, mask],
  [/(?<![A-Za-z0-9])github_pat_\w{16,}/g, mask],
  [/(?<![A-Za-z0-9])glpat-[\w-]{16,}/g, mask],
  [/(?<![A-Za-z0-9])npm_[A-Za-z0-9]{30,}/g, mask],
  [/(?<![A-Za-z0-9])(?:xox[a-z]|xapp)-[A-Za-z0-9-]{10,}/g, mask],
  [/(?<![A-Za-z0-9])bk[a-z]{1,3}_[A-Za-z0-9]{16,}/g, mask],
  [/(?<![A-Za-z0-9])[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g, mask],
  [/(?<![A-Za-z0-9])AIza[\w-]{35}/g, mask],
  [/(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, mask],
  [/(?<![A-Za-z])(bearer[ \t]{1,4})(?=[^\s\d]{0,40}\d)[\w.~+/-]{12,}={0,2}/gi, `$1${mask}`],
];
