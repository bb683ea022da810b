/** Who is in the story, and where. */

/** By what GitHub and Buildkite call them. Sam is whoever types. */
export const cast = {
  ada: { id: "U0ADA", realName: "Ada Lovelace", email: "ada@example.com" },
  grace: { id: "U0GRACE", realName: "Grace Hopper", email: "grace@example.com" },
  barbara: { id: "U0BARBARA", realName: "Barbara Liskov", email: "barbara@example.com" },
  sam: { id: "U0SAM", realName: "Sam Rivera", email: "sam@example.com" },
} as const;
export type Name = keyof typeof cast;
export const people = Object.entries(cast).map(([name, person]) => ({ name, ...person }));

export const alerts = "ci-alerts";
export const repositoryName = "acme/payments-api";
export const pipelineName = "payments-api";
