/** Not what Buildkite or GitHub sends. `problem` names the field and what was expected there, never what was found. */
export interface Malformed {
  readonly kind: "malformed";
  readonly problem: string;
}

export function malformed(problem: string): Malformed {
  return { kind: "malformed", problem };
}

export function mustBe(field: string, expected: string): Malformed {
  return malformed(`${field} must be ${expected}.`);
}

/** Of a field that is no word. */
export function mustBeWord(field: string, found: unknown): Malformed {
  return mustBe(field, typeof found === "string" ? "a text that is not empty" : "a text");
}
