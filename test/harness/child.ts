import { join } from "node:path";

/** Of a process that a test starts: nothing of the machine's but PATH. Half of what a process costs is to compile it. */
export const childEnv = {
  PATH: process.env.PATH ?? "",
  NODE_COMPILE_CACHE: join(import.meta.dirname, "../../.cache/compiled"),
};
