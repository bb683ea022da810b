import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AlertId, MuteId, Organization, Pipeline } from "../../src/domain/ids.ts";
import { endings } from "../../src/domain/outcome.ts";
import { RepositoryName } from "../../src/domain/pull.ts";
import {
  codecs,
  type JobKind,
  kindOf,
  markFromId,
  markId,
  markOf,
  partsOf,
  type Subjects,
  spell,
} from "../../src/jobs/subjects.ts";
import { buildRef, mainBranch, organization } from "../harness/facts.ts";
import { anyCharacter } from "../harness/text.ts";

const alert = { organization, alert: AlertId.parse("0a1b2c3d4e5f-1042") };

const repository = { organization, repository: RepositoryName.parse("Web.Site") };
const commit = "4bb485c137c8b89b69ec2f3533d5bf4783092730";

/** A subject of each kind, and how it is spelled: a mark in Redis outlives the version that wrote it. */
const subjects: { readonly [K in JobKind]: readonly [subject: Subjects[K], spelling: string] } = {
  evaluateBuild: [buildRef(42), "evaluateBuild|payments-api|42"],
  fetchBuild: [buildRef(42), "fetchBuild|payments-api|42"],
  evaluateBranch: [{ ...mainBranch, branch: "release/1|2 ü" }, "evaluateBranch|payments-api|release%2F1%7C2%20%C3%BC"],
  applyMute: [{ organization, mute: MuteId.parse("0123456789") }, "applyMute|0123456789"],
  answerPerson: [alert, "answerPerson|0a1b2c3d4e5f-1042"],
  rerun: [alert, "rerun|0a1b2c3d4e5f-1042"],
  postAlert: [alert, "postAlert|0a1b2c3d4e5f-1042"],
  syncAlert: [alert, "syncAlert|0a1b2c3d4e5f-1042"],
  fetchLog: [alert, "fetchLog|0a1b2c3d4e5f-1042"],
  remind: [alert, "remind|0a1b2c3d4e5f-1042"],
  followUp: [{ ...buildRef(42), ending: "failed" }, "followUp|payments-api|42|failed"],
  readInstallation: [{ organization }, "readInstallation|app"],
  fetchPull: [{ ...repository, number: 7 }, "fetchPull|web.site|7"],
  readRepositoryPolicy: [repository, "readRepositoryPolicy|web.site"],
  checkRepositoryPolicy: [{ ...repository, commit }, `checkRepositoryPolicy|web.site|${commit}`],
  answerComment: [{ ...repository, number: 7, comment: 99 }, "answerComment|web.site|7|99"],
  rerunBuild: [{ ...buildRef(42), request: "comment-99" }, "rerunBuild|payments-api|42|comment-99"],
  reportBuild: [buildRef(42), "reportBuild|payments-api|42"],
  commentOnPull: [{ ...repository, number: 7 }, "commentOnPull|web.site|7"],
  redeliver: [{ organization }, "redeliver|app"],
};
const kinds = Object.keys(subjects).filter((kind) => kindOf(`${kind}|`) !== null) as JobKind[];

function readBack(kind: JobKind, spelling: string): unknown {
  return codecs[kind].parse(organization, partsOf(spelling));
}

describe("a subject", () => {
  it("has a spelling for each kind of job", () => {
    expect(kinds.toSorted()).toEqual(Object.keys(codecs).toSorted());
  });

  it.each(kinds)("of %s is read as it was spelled", (kind) => {
    const [subject, spelling] = subjects[kind];
    expect(spell(kind, subject)).toBe(spelling);
    expect(kindOf(spelling)).toBe(kind);
    expect(readBack(kind, spelling)).toEqual(subject);
    expect(markOf(kind, subject)).toEqual({ organization, subject: spelling });
  });

  it("of a follow-up is read with each ending", () => {
    for (const ending of endings) {
      const subject = { ...buildRef(7), ending };
      expect(readBack("followUp", spell("followUp", subject))).toEqual(subject);
    }
  });

  const anyText = fc.string({ unit: anyCharacter, maxLength: 20 });

  it("of a branch is read as it was spelled, whatever the branch is called", () => {
    const name = fc.oneof(anyText, fc.string({ unit: fc.constantFrom(..."|%/:{}#&? \n27aC") }));
    fc.assert(
      fc.property(name, fc.constantFrom("payments-api", "a.b_c-1"), (branch, slug) => {
        const subject = { ...mainBranch, pipeline: Pipeline.parse(slug), branch };
        const spelling = spell("evaluateBranch", subject);
        expect(spelling).toMatch(/^[\x21-\x7e]+$/);
        expect(kindOf(spelling)).toBe("evaluateBranch");
        expect(readBack("evaluateBranch", spelling)).toEqual(subject);
      }),
    );
  });

  it("never is spelled like another one", () => {
    const branches = fc.string({ unit: fc.constantFrom("a", "|", "%", "7", "C", "/") });
    fc.assert(
      fc.property(branches, branches, (a, b) => {
        const spellings = [a, b].map((branch) => spell("evaluateBranch", { ...mainBranch, branch }));
        expect(spellings[0] === spellings[1]).toBe(a === b);
      }),
    );
  });
});

describe("a subject that another version left behind", () => {
  it.each(["digest|x", "|x", "EvaluateBuild|payments-api|42", "#", ""])("is of no kind: %j", (spelling) => {
    expect(kindOf(spelling)).toBeNull();
  });

  it.each<[kind: JobKind, spelling: string]>([
    ["evaluateBuild", "evaluateBuild"],
    ["evaluateBuild", "evaluateBuild|a%2Fb|42"],
    ["evaluateBranch", "evaluateBranch||main"],
    ["evaluateBranch", "evaluateBranch|payments-api|%"],
    ["syncAlert", "syncAlert|X"],
    ["followUp", "followUp|payments-api|42"],
    ["followUp", "followUp|payments-api|42|exploded"],
  ])("of %s is refused when its parts are not what they should be: %s", (kind, spelling) => {
    expect(() => readBack(kind, spelling)).toThrow();
  });
});

describe("the id of a mark", () => {
  it("is read as it was written", () => {
    for (const kind of kinds) {
      const mark = markOf(kind, subjects[kind][0]);
      expect(markFromId(markId(mark))).toEqual(mark);
    }
  });

  it("tells organizations apart", () => {
    const other = { ...markOf("evaluateBuild", buildRef(42)), organization: Organization.parse("other") };
    expect(markId(other)).not.toBe(markId(markOf("evaluateBuild", buildRef(42))));
    expect(markFromId(markId(other))).toEqual(other);
  });

  it.each(["", "acme", "|evaluateBuild|payments-api|42", "a b|x"])(
    "is refused when it names no organization: %j",
    (id) => {
      expect(() => markFromId(id)).toThrow();
    },
  );
});
