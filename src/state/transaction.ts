import type { ChainableCommander } from "ioredis";

/**
 * Ends a `multi()`: nobody sees half of it, and no crash leaves half of it. A command that fails does not undo the others;
 * ioredis resolves all the same, with its error in the answer.
 * @returns the answers of its commands.
 * @throws the first error of a command, or of the connection.
 */
export async function transact(transaction: ChainableCommander): Promise<unknown[]> {
  const answers = await transaction.exec();
  if (answers === null) throw new Error("Cannot end a transaction: Redis gave it up");
  return answers.map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}
