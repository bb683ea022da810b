/** What an operator can watch. Names follow Prometheus' conventions: base units, `_total` for counters. */
import { Counter, Gauge, Histogram, Registry } from "prom-client";

export interface Metrics {
  readonly registry: Registry;
  readonly requests: Counter<"path" | "status">;
  readonly jobSeconds: Histogram<"job" | "result">;
  readonly swept: Counter;
  readonly backlog: Gauge<"organization">;
  readonly oldestMark: Gauge<"organization">;
  readonly dead: Gauge<"organization">;
  readonly calls: Counter<"service" | "method" | "result">;
  readonly messages: Counter<"what">;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    registry,
    requests: new Counter({
      name: "signalbox_http_requests_total",
      help: "HTTP requests answered, by route and status.",
      labelNames: ["path", "status"],
      registers,
    }),
    jobSeconds: new Histogram({
      name: "signalbox_job_seconds",
      help: "Runs of triggered jobs, by kind and result.",
      labelNames: ["job", "result"],
      buckets: [0.005, 0.02, 0.1, 0.5, 2, 10],
      registers,
    }),
    swept: new Counter({
      name: "signalbox_swept_marks_total",
      help: "Marks that the sweep had to fire again: triggers that were lost. Normally does not grow.",
      registers,
    }),
    backlog: new Gauge({
      name: "signalbox_marked_subjects",
      help: "Subjects that wait for their job, at the last sweep.",
      labelNames: ["organization"],
      registers,
    }),
    oldestMark: new Gauge({
      name: "signalbox_oldest_mark_seconds",
      help: "Age of the oldest waiting subject, at the last sweep. Alert above 60.",
      labelNames: ["organization"],
      registers,
    }),
    dead: new Gauge({
      name: "signalbox_dead_subjects",
      help: "Subjects given up; see `npm run jobs -- dead`. Alert above 0.",
      labelNames: ["organization"],
      registers,
    }),
    calls: new Counter({
      name: "signalbox_calls_total",
      help: "Calls to Slack, GitHub and Buildkite, by method and result.",
      labelNames: ["service", "method", "result"],
      registers,
    }),
    messages: new Counter({
      name: "signalbox_slack_messages_total",
      help: "Messages in Slack: posted, edited, adopted (found after an unclear answer), skipped (nothing new to show), withdrawn (one too many).",
      labelNames: ["what"],
      registers,
    }),
  };
}
