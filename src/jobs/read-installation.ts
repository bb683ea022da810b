import type { Tools } from "./job.ts";
import type { OwnerRef } from "./subjects.ts";

/** Writes down what is so now, whatever the event said that made it run; a gone installation is forgotten. */
export async function readInstallation({ organization }: OwnerRef, { github }: Tools): Promise<void> {
  await github?.readInstallation(organization);
}
