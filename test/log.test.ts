import { describe, expect, it } from "vitest";
import { TestLog } from "./harness/log.ts";

describe("the log", () => {
  it("tells an error's message, code, place and cause, and nothing that an SDK hung on it", () => {
    const log = new TestLog();
    const cause = Object.assign(new Error("ERR out of luck"), {
      command: { name: "set", args: ["canary"] },
      code: "ELUCK",
    });
    const error = Object.assign(new Error("Cannot store it", { cause }), { body: "canary", data: { token: "canary" } });
    log.logger.warn({ err: error }, "not stored");
    expect(log.text).not.toContain("canary");
    expect(log.lines[0]).toMatchObject({
      msg: "not stored",
      err: { type: "Error", message: "Cannot store it", cause: { message: "ERR out of luck", code: "ELUCK" } },
    });
    expect(log.text).toContain("log.test.ts");
    expect(log.take()).toEqual(["not stored"]);
  });
});
