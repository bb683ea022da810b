/**
 * Loads the Lua scripts beside this file. A script's name ends in the number of its keys, and its header lists KEYS,
 * ARGV and the result; `--@include x` is replaced by `_x.lua`.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Redis } from "ioredis";

const folder = join(import.meta.dirname, "scripts");

type Argument = string | number;
type Command = (...args: Argument[]) => Promise<unknown>;

export interface Scripts {
  /** Runs a script of this folder; throws when its name or number of keys is wrong. */
  run(name: string, keys: readonly string[], args: readonly Argument[]): Promise<unknown>;
}

export function loadScripts(redis: Redis): Scripts {
  const commands = new Map<string, { readonly keys: number; readonly run: Command }>();
  for (const { name, numberOfKeys, lua } of scripts) {
    const defined = `signalbox:${name}`;
    redis.defineCommand(defined, { numberOfKeys, lua });
    const command: unknown = Reflect.get(redis, defined);
    if (typeof command !== "function") throw new Error(`Cannot define the script ${name}`);
    commands.set(name, { keys: numberOfKeys, run: (...args) => Reflect.apply(command, redis, args) });
  }
  return {
    run(name, keys, args) {
      const command = commands.get(name);
      if (command?.keys !== keys.length) throw new Error(`Cannot run the script ${name} with ${keys.length} keys`);
      return command.run(...keys, ...args);
    },
  };
}

const scripts = readdirSync(folder).flatMap((file) => {
  const [, name, keys] = /^(\w+)-(\d)\.lua$/.exec(file) ?? [];
  return name === undefined ? [] : [{ name, numberOfKeys: Number(keys), lua: source(file) }];
});

function source(file: string): string {
  return readFileSync(join(folder, file), "utf8").replace(/^--@include (\w+)$/gm, (_, name: string) =>
    readFileSync(join(folder, `_${name}.lua`), "utf8").trimEnd(),
  );
}
