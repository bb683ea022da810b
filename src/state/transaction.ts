import type { ChainableCommander } from "ioredis";

/**
 * Ends a `multi()`: all of it is done, or none. ioredis resolves although commands failed, with their errors in its answer.
 * @throws the first error of a command, or of the connection.
 */
export async function transact(transaction: ChainableCommander): Promise<void> {
  const answers = await transaction.exec();
  if (answers === null) throw new Error("Cannot end a transaction: Redis gave it up");
  for (const [error] of answers) if (error !== null) throw error;
}
