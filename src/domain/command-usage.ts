/** What each command takes and does: for the help, and for whoever forgot an argument. */
import type { CommandName } from "./command.ts";

export interface Usage {
  readonly command: CommandName;
  /** `<…>` must be there, `[…]` may. */
  readonly arguments: string;
  readonly summary: string;
  readonly example: string;
  /** Other words for the command. */
  readonly aliases: readonly string[];
}

/** What `<alert>` stands for, for the help to say once. */
export const alertForms: readonly string[] = [
  "3 (its number in the last list)",
  "abc123def456-12 (its id)",
  "shop or shop main (pipeline, and branch if it is not the default)",
  "shop#812 (a build)",
  "https://buildkite.com/acme/shop/builds/812",
];

const alert = "<alert>";
const muted = '<alert | job | "job" in alert>';

const table: { readonly [K in CommandName]: Omit<Usage, "command"> } = {
  status: {
    arguments: "[pipeline] [branch]",
    summary: "What is failing, and who is on it.",
    example: "status shop main",
    aliases: ["st", "failing"],
  },
  mine: {
    arguments: "",
    summary: "Alerts of your changes, and those you acknowledged.",
    example: "mine",
    aliases: ["my", "me"],
  },
  ack: {
    arguments: alert,
    summary: "Tell everybody that you are on it.",
    example: "ack 3",
    aliases: ["acknowledge"],
  },
  unack: {
    arguments: alert,
    summary: "Take your acknowledgement back.",
    example: "unack 3",
    aliases: ["unacknowledge"],
  },
  takeover: {
    arguments: alert,
    summary: "Take an acknowledged alert over from somebody else.",
    example: "takeover shop main",
    aliases: ["take", "take-over"],
  },
  mute: {
    arguments: `${muted} [everywhere | whole pipeline] [for 4h | until tomorrow | until fixed] [because …]`,
    summary: "Keep quiet about a job or a pipeline for a time; an hour when you do not say how long.",
    example: 'mute "unit tests" in shop main for 4h because the disk is full',
    aliases: ["silence", "snooze"],
  },
  mutes: {
    arguments: "",
    summary: "The mutes in force, numbered for unmute.",
    example: "mutes",
    aliases: ["muted", "silences"],
  },
  unmute: {
    arguments: '<number in mutes | alert | job | "job" in alert>',
    summary: "End a mute.",
    example: "unmute 2",
    aliases: ["unsilence", "unsnooze"],
  },
  rerun: {
    arguments: alert,
    summary: "Run the failed jobs of the build again.",
    example: "rerun shop#812",
    aliases: ["retry"],
  },
  rebuild: {
    arguments: alert,
    summary: "Start a new build of the same commit.",
    example: "rebuild https://buildkite.com/acme/shop/builds/812",
    aliases: [],
  },
  subscribe: {
    arguments: "<pipeline> [branch:main] [job:lint*] [only:broken,fixed]",
    summary: "Send alerts of a pipeline to this channel; * stands for any text.",
    example: "subscribe shop-* branch:main only:broken",
    aliases: ["sub"],
  },
  unsubscribe: {
    arguments: "<number in list | pipeline>",
    summary: "Stop a subscription of this channel.",
    example: "unsubscribe shop-*",
    aliases: ["unsub"],
  },
  list: {
    arguments: "",
    summary: "The subscriptions of this channel, numbered for unsubscribe.",
    example: "list",
    aliases: ["ls", "subscriptions"],
  },
  link: {
    arguments: "<GitHub login>",
    summary: "Say who you are on GitHub, so that you are told of your own changes.",
    example: "link octocat",
    aliases: [],
  },
  unlink: {
    arguments: "",
    summary: "Forget who you are on GitHub.",
    example: "unlink",
    aliases: [],
  },
  notify: {
    arguments: "<dm | channel | off>",
    summary: "Choose where you are told when your change broke something.",
    example: "notify dm",
    aliases: [],
  },
  why: {
    arguments: alert,
    summary: "Why there is an alert or none, and who did what with it.",
    example: "why 3",
    aliases: ["explain"],
  },
  help: {
    arguments: "[command]",
    summary: "What the commands are, or how one of them is used.",
    example: "help mute",
    aliases: ["?", "usage"],
  },
};

export const commandNames = Object.keys(table) as readonly CommandName[];

export function usageOf(command: CommandName): Usage {
  return { command, ...table[command] };
}
