// A run step by step, and which of its series are drawn together.

export interface Alarm {
  kind: string;
  run: string;
  step: number | null;
  entry: number;
  at: number | null;
  severity: "proof" | "strong" | "medium";
  value: number;
  limit: number;
  message: string;
  evidence: Record<string, unknown>;
}

export interface Curves {
  run: string;
  steps: (number | null)[];
  series: Record<string, (number | null)[]>;
  rules: Record<string, (number | null)[]>;
  answer_rule: string;
  format_rules: string[];
  alarms: Alarm[];
  watched: boolean; // whether every entry was looked at for alarms
  indexed: number;
  entries: number;
}

export interface Drawing {
  id: string;
  title: string;
  about: string;
  axis: string;
  share: boolean; // in per cent
  series: (curves: Curves) => [string, (number | null)[]][];
}

const of =
  (...names: [string, string][]) =>
  (curves: Curves): [string, (number | null)[]][] =>
    names.flatMap(([name, title]) => (curves.series[name] ? [[title, curves.series[name]]] : []));

export const DRAWINGS: Drawing[] = [
  {
    id: "reward",
    title: "Reward",
    about: "The mean over the rollouts that have one.",
    axis: "mean reward",
    share: false,
    series: of(["reward", "reward"]),
  },
  {
    id: "rules",
    title: "Rules",
    about: "The mean score of each rule.",
    axis: "mean score",
    share: false,
    series: (curves) => Object.entries(curves.rules),
  },
  {
    id: "format",
    title: "Format against answer",
    about: "A form that rises while the answer does not is the first sign of a reward that is being gamed.",
    axis: "mean score",
    share: false,
    series: of(["answer", "answer"], ["format", "format"]),
  },
  {
    id: "silent",
    title: "Groups that teach nothing",
    about: "Groups whose rewards are all equal.",
    axis: "% of the groups",
    share: true,
    series: of(["silent_share", "silent"]),
  },
  {
    id: "trouble",
    title: "Masked, stopped, tagged",
    about: "Rollouts without a reward, stopped by a limit, or with the mark of an attempt on the judge.",
    axis: "% of the rollouts",
    share: true,
    series: of(["masked_share", "masked"], ["timeout_share", "stopped by a limit"], ["tag_share", "tagged"]),
  },
  {
    id: "length",
    title: "Length",
    about: "Of the rollouts, in characters.",
    axis: "characters",
    share: false,
    series: of(["length_mean", "mean"], ["length_p95", "95th percentile"]),
  },
  {
    id: "verify",
    title: "Time of judging",
    about: "Of one rollout, where it was timed.",
    axis: "milliseconds",
    share: false,
    series: (curves) =>
      of(["verify_p50", "median"], ["verify_p95", "95th percentile"])(curves).map(([title, values]) => [
        title,
        values.map((value) => (value === null ? null : 1000 * value)),
      ]),
  },
];

/** A name for a step: its number, or its place where steps have none. */
export function stepAt(curves: Curves, at: number): number {
  return curves.steps[at] ?? at + 1;
}

/** The place of an alarm on the axis; one without a step stands at the last. */
export function placeOf(alarm: Alarm, curves: Curves): number | null {
  return alarm.step ?? (curves.steps.length ? stepAt(curves, curves.steps.length - 1) : null);
}

export const KINDS: Record<string, string> = {
  canary_paid: "An impossible task was paid",
  shadow_disagrees: "A stricter reading disagrees",
  one_answer: "One answer to many prompts",
  format_without_answer: "Format up, answer flat",
  tag_rate: "Many attempts on the judge",
  length_drift: "Lengths drift",
  replay_mismatch: "A score came again and differs",
  unjudged_rate: "Much could not be judged",
  silent_groups: "Silent groups",
  timeouts: "Time-outs",
};
