/** The environment of a process that a test starts: nothing of the machine's, but half of what it costs is to compile it. */
const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;

export const childEnv = { PATH, NODE_COMPILE_CACHE };
