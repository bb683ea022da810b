import { describe, expect, it } from "vitest";
import { AlertId } from "../../src/domain/ids.ts";
import { actionIds, readAlertValue, readCarried, writeAlertValue, writeCarried } from "../../src/slack/action-ids.ts";

const longest = { alert: AlertId.parse(`${"z".repeat(16)}-${"9".repeat(12)}`), version: 999_999_999_999_999 };

describe("the values of buttons", () => {
  it("are read as they were written", () => {
    expect(readAlertValue(writeAlertValue(longest))).toEqual(longest);
    for (const action of Object.values(actionIds)) {
      const carried = { action, value: writeAlertValue(longest) };
      expect(readCarried(writeCarried(carried))).toEqual(carried);
      // What Slack allows an option of a menu.
      expect(writeCarried(carried).length).toBeLessThanOrEqual(75);
    }
  });

  it.each([
    "",
    ":",
    "none",
    "a:1",
    "0123456789ab-1:",
    "0123456789ab-1:-1",
    "0123456789ab-1:1:1",
    `${"a".repeat(99)}:1`,
  ])("are not read when they are not ours: %s", (value) => expect(readAlertValue(value)).toBeNull());

  it("carry only actions that there are", () => {
    expect(readCarried("none")).toBeNull();
    expect(readCarried("alert.destroy:x")).toBeNull();
    expect(readCarried("toString:x")).toBeNull();
    expect(readCarried("alert.mute")).toEqual({ action: "alert.mute", value: "" });
  });

  it("are told apart by name", () => {
    const ids = Object.values(actionIds);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
