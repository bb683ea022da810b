/** What a server does that a benchmark started: says its address, answers questions, and ends with its parent. */
const answers = {
  /** CPU time of this process so far, in microseconds. */
  async cpu(): Promise<number> {
    const { user, system } = process.cpuUsage();
    return user + system;
  },
};

export type Question = keyof typeof answers | "drain";

/** @param drain Runs all triggered jobs that are ready, and says how many they were. */
export function answerParent(url: string, drain = async (): Promise<number> => 0): void {
  const all: Readonly<Record<Question, () => Promise<number>>> = { ...answers, drain };
  process.on("message", (question: Question) => void all[question]().then((answer) => process.send?.(answer)));
  process.on("disconnect", () => process.exit());
  process.send?.(url);
}
