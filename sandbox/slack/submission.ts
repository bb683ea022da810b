/** What becomes of a modal when the app has answered its submission. */
import { z } from "zod";
import { checkView } from "./block-kit-view.ts";
import { controlsIn } from "./controls.ts";
import { blocksOf, type SlackView, type Views } from "./views.ts";

const View = z.record(z.string(), z.unknown());
const Answer = z.discriminatedUnion("response_action", [
  z.strictObject({ response_action: z.literal("errors"), errors: z.record(z.string(), z.string().min(1)) }),
  z.strictObject({ response_action: z.literal("update"), view: View }),
  z.strictObject({ response_action: z.literal("push"), view: View }),
  z.strictObject({ response_action: z.literal("clear") }),
]);

/** An answer that Slack would not understand is thrown: the person would only see that something went wrong. */
export function applyAnswer(views: Views, submitted: SlackView, body: unknown): void {
  if (isEmpty(body)) {
    views.close(submitted.id);
    return;
  }
  const answer = Answer.safeParse(body);
  if (!answer.success) {
    throw new Error(`Cannot take the answer to the submission: ${z.prettifyError(answer.error)}`);
  }
  switch (answer.data.response_action) {
    case "errors":
      views.setErrors(submitted.id, checkErrors(submitted, answer.data.errors));
      return;
    case "update":
      views.replace(submitted.id, checked(answer.data.view));
      return;
    case "push":
      views.pushOnto(submitted.id, checked(answer.data.view));
      return;
    case "clear":
      views.clear(submitted.openedBy);
  }
}

function checkErrors(submitted: SlackView, errors: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const inputs = controlsIn(blocksOf(submitted.view)).filter(({ input }) => input !== null);
  for (const blockId of Object.keys(errors)) {
    if (inputs.some((input) => input.blockId === blockId)) continue;
    const known = inputs.map((input) => input.blockId).join(", ");
    throw new Error(`Cannot show an error at ${blockId}: it is no input block; those are ${known || "none"}`);
  }
  return errors;
}

function checked(view: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const problems = checkView(view, "modal").map(({ pointer, message }) => `${pointer}: ${message}`);
  if (problems.length > 0) throw new Error(`Cannot show the view of the answer: ${problems.join("; ")}`);
  return view;
}

function isEmpty(body: unknown): boolean {
  return body === null || body === "" || (typeof body === "object" && Object.keys(body).length === 0);
}
