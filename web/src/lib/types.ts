// What the service answers, as /openapi.json describes it. Spans count code points.

export type State = "pass" | "partial" | "fail" | "unjudged";

export interface Span {
  start: number;
  end: number;
  label: string;
}

/** What a rule, or a part of one, said about a rollout. */
export interface Said {
  rule: string;
  verifier: string;
  weight: number;
  status: State;
  score: number | null;
  reason: string;
  words: string;
  detail: string;
  spans: Span[];
  evidence: Record<string, unknown>;
  parts: Said[];
}

export interface Explained extends Said {
  role: "reward" | "penalty" | "gate";
  contribution: number | null; // null: the rollout is masked
}

export interface Judged {
  reward: number | null;
  advantage: number;
  characters: number;
  rules: Explained[];
}

export interface GroupFigures {
  rewards: (number | null)[];
  mean: number | null;
  std: number | null;
  advantages: number[];
  silent: boolean;
  why: string;
}

export interface Explanation {
  pack: {
    name: string;
    digest: string;
    about: string;
    answer: string;
    unjudged: string;
    clip: [number, number] | null;
  };
  estimator: string;
  rollouts: Judged[];
  group: GroupFigures;
}

export interface Fault {
  message: string;
  path: string;
  line: number | null;
  column: number | null;
  end_column: number | null;
}

export type PackSource = string | { text: string; format: "toml" | "yaml" | "json" };
