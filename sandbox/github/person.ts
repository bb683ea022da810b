/** What people do on the pages of GitHub. */
import type { Account } from "./accounts.ts";
import type { CheckRun } from "./checks.ts";
import type { Comment, ReactionContent, Thread } from "./comments.ts";
import type { MergeOptions } from "./merge.ts";
import type { Pull, Review, ReviewVerdict } from "./pull.ts";

export class Person {
  readonly account: Account;

  constructor(account: Account) {
    this.account = account;
  }

  comment(thread: Thread, body: string): Comment {
    return thread.repository.comments.create(thread, this.account, body);
  }

  editComment(comment: Comment, body: string): void {
    comment.thread.repository.comments.edit(comment, body, this.account);
  }

  deleteComment(comment: Comment): void {
    comment.thread.repository.comments.delete(comment, this.account);
  }

  react(comment: Comment, content: ReactionContent): void {
    comment.thread.repository.comments.react(comment, this.account, content);
  }

  review(pull: Pull, state: Exclude<ReviewVerdict, "dismissed">, body = ""): Review {
    return pull.review(state, this.account, body);
  }

  dismiss(pull: Pull, review: Review): void {
    pull.dismiss(review, this.account);
  }

  edit(pull: Pull, change: { readonly title?: string; readonly body?: string; readonly base?: string }): void {
    pull.edit(change, this.account);
  }

  label(pull: Pull, name: string): void {
    pull.label(name, this.account);
  }

  unlabel(pull: Pull, name: string): void {
    pull.unlabel(name, this.account);
  }

  close(pull: Pull): void {
    pull.close(this.account);
  }

  reopen(pull: Pull): void {
    pull.reopen(this.account);
  }

  markReady(pull: Pull): void {
    pull.setDraft(false, this.account);
  }

  markDraft(pull: Pull): void {
    pull.setDraft(true, this.account);
  }

  merge(pull: Pull, options: Omit<MergeOptions, "by"> = {}): void {
    pull.repository.mergePull(pull, { ...options, by: this.account.login });
  }

  /** "Re-run" at a check. */
  rerequest(run: CheckRun): void {
    run.suite.repository.checks.rerequest(run, this.account);
  }

  /** "Re-run all checks". */
  rerequestAll(pull: Pull): void {
    pull.repository.checks.rerequestSuite(pull.headSha, this.account);
  }

  /** One of the buttons that the check run offers: GitHub shows them once it is completed. */
  press(run: CheckRun, identifier: string): void {
    const offered = run.status === "completed" && run.actions.some((action) => action.identifier === identifier);
    if (!offered) throw new Error(`Cannot press ${identifier}: the check run ${run.name} does not offer it`);
    run.suite.repository.checks.tell("requested_action", run, this.account, { requested_action: { identifier } });
  }
}
