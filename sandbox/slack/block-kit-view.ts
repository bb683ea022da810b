/** Would Slack take this modal or Home tab? Judges what `views.*` and the answer to a submission carry. Pure. */
import { derivedProblems } from "./block-kit-derived.ts";
import { inSlacksWords, type Problem, problemsOf, repeated } from "./block-kit-problems.ts";
import { homeView, modalView } from "./block-kit-schema.ts";

export type Surface = "modal" | "home";

const BYTES_LIMIT = 250_000;

export function checkView(view: unknown, surface: Surface): readonly Problem[] {
  const error = "invalid_arguments";
  const pointer = "/view";
  if (Buffer.byteLength(JSON.stringify(view) ?? "") > BYTES_LIMIT) {
    return [{ pointer, message: `must be at most ${BYTES_LIMIT} bytes`, error: "view_too_large" }];
  }
  const schema = surface === "modal" ? modalView : homeView;
  const checked = schema.safeParse(view, { error: inSlacksWords });
  if (!checked.success) return problemsOf(checked.error, pointer, error);
  const { blocks } = checked.data;
  const type = surface === "modal" ? "ModalView" : "HomeView";
  const problems = derivedProblems(type, view, pointer, error);
  problems.push(...repeated(blocks, "block_id", `${pointer}/blocks`, error));
  for (const [index, block] of blocks.entries()) {
    if (block.type === "actions") {
      problems.push(...repeated(block.elements, "action_id", `${pointer}/blocks/${index}/elements`, error));
    }
  }
  const focused = blocks.filter((block) => JSON.stringify(block).includes('"focus_on_load":true'));
  if (focused.length > 1) {
    problems.push({ pointer: `${pointer}/blocks`, message: "only one element may have focus_on_load", error });
  }
  return problems;
}
