import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { createSeal, deriveSecret, parseKey, SealBroken } from "../../src/state/seal.ts";

const [first, second] = [randomBytes(32), randomBytes(32)];
const seal = createSeal([first]);

describe("a seal", () => {
  it("hides what is sealed, and gives it back for the same context", () => {
    const sealed = seal.seal("xoxb-secret ünïcode", "T1");
    expect(sealed).not.toContain("secret");
    expect(seal.open(sealed, "T1")).toEqual({ text: "xoxb-secret ünïcode", stale: false });
  });

  it("never looks the same twice", () => {
    expect(seal.seal("text", "T1")).not.toBe(seal.seal("text", "T1"));
  });

  it("does not open for another context", () => {
    expect(() => seal.open(seal.seal("text", "T1"), "T2")).toThrow(SealBroken);
  });

  it("does not open when a single bit of it was changed", () => {
    const [format, id, encoded = ""] = seal.seal("some text", "T1").split(".");
    const bytes = Buffer.from(encoded, "base64url");
    for (let at = 0; at < bytes.length; at += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      expect(() => seal.open([format, id, changed.toString("base64url")].join("."), "T1")).toThrow(SealBroken);
    }
  });

  it.each(["", "text", "1", "1.00", "1.000000000000.", "2.000000000000.AAAA"])("does not open %j", (text) => {
    expect(() => seal.open(text, "T1")).toThrow(SealBroken);
  });

  it("does not open what is too short to hold a tag", () => {
    const [format, id, encoded = ""] = seal.seal("", "T1").split(".");
    for (const length of [0, 4, 20, 36]) {
      expect(() => seal.open([format, id, encoded.slice(0, length)].join("."), "T1")).toThrow(SealBroken);
    }
  });

  it("opens with every key, seals with the first, and says what a replaced one sealed", () => {
    const old = createSeal([second]).seal("text", "T1");
    const both = createSeal([first, second]);
    expect(both.open(old, "T1")).toEqual({ text: "text", stale: true });
    expect(seal.open(both.seal("text", "T1"), "T1").stale).toBe(false);
    expect(() => seal.open(old, "T1")).toThrow("it was encrypted with another key");
  });

  it("needs a key", () => {
    expect(() => createSeal([])).toThrow("Cannot seal: no key is given");
  });
});

describe("a key", () => {
  it.each(["hex", "base64", "base64url"] as const)("is read from %s", (encoding) => {
    expect(parseKey(first.toString(encoding))).toEqual(first);
  });

  it.each(["", "secret", "0".repeat(63), randomBytes(31).toString("base64"), randomBytes(33).toString("base64")])(
    "is not %j",
    (text) => expect(parseKey(text)).toBeNull(),
  );

  it("yields secrets for other purposes, a different one for each", () => {
    expect(deriveSecret(first, "a")).toEqual(deriveSecret(first, "a"));
    expect(deriveSecret(first, "a")).not.toEqual(deriveSecret(first, "b"));
    expect(deriveSecret(first, "a")).not.toEqual(deriveSecret(second, "a"));
  });
});
