import { isUtf8 } from "node:buffer";

/** Undefined when it is not JSON in UTF-8. What `JSON.parse` says is dropped, for it quotes the body. */
export function parseJson(raw: Buffer): unknown {
  // Decoding puts U+FFFD for bytes that are no UTF-8, so one wrong byte would change a name in silence.
  if (!isUtf8(raw)) return undefined;
  try {
    return JSON.parse(raw.toString("utf8"));
  } catch {
    return undefined;
  }
}
