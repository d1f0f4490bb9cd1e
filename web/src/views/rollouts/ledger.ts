// What the service says about ledgers. Characters and spans count code points.
import type { Explained, GroupFigures, State } from "../../lib/types";

export interface Run {
  run: string;
  entries: number;
  first_step: number | null;
  last_step: number | null;
  mean: number | null;
}

export interface Ledger {
  id: string;
  name: string;
  entries: number;
  runs: Run[];
  fault: string;
}

export interface Row {
  seq: number;
  run: string;
  step: number | null;
  group: string;
  index: number;
  reward: number | null;
  characters: number;
  tokens: number | null;
  seconds: number;
  statuses: Record<string, State>;
  reasons: Record<string, string>;
  tags: string[];
  opening: string;
}

export interface Page {
  total: number;
  next: number | null;
  rollouts: Row[];
  indexed: number;
  entries: number;
}

export interface Bin {
  from: number;
  to: number;
  count: number;
  filter: Record<string, string>;
}

export interface Histogram {
  of: string;
  total: number;
  masked: number;
  bins: Bin[];
}

export interface Facets {
  total: number;
  rules: { rule: string; statuses: Record<string, number>; reasons: Record<string, number> }[];
  tags: Record<string, number>;
  steps: { first: number | null; last: number | null; count: number };
}

export interface Entry {
  seq: number;
  key: string;
  run: string;
  step: number | null;
  group: string;
  index: number;
  task: { id: string; prompt: string | null; truth: unknown };
  rollout: { id: string; text: string; tokens: number | null; finish: string | null };
  reward: number | null;
  advantage: number | null;
  pack: { digest: string; name: string };
  build: string;
  seconds: number;
  waited: number;
  worker: string;
  delivery: number;
  rules: Explained[];
}

export interface GroupPage {
  run: string;
  group: string;
  step: number | null;
  task: Entry["task"];
  entries: Entry[];
  told: GroupFigures;
  more: number;
}

export interface Said {
  status: State;
  score: number | null;
  reason: string;
}

export interface RuleThen {
  rule: string;
  one: Said | null;
  other: Said | null;
  same: boolean;
}

export interface Difference {
  one: Entry;
  other: Entry;
  changes: { op: "equal" | "replace" | "insert" | "delete"; one: [number, number]; other: [number, number] }[];
  coarse: boolean;
  rules: RuleThen[];
}

export interface Replayed {
  same: boolean;
  kind: "equal" | "differs" | "infrastructure" | "no_pack";
  words: string;
  reward_then: number | null;
  reward_now: number | null;
  rules: RuleThen[];
  builds: string[];
}

/** What the address keeps of a filter, and the service is asked with. */
export const FILTERS = [
  "run",
  "step_from",
  "step_to",
  "rule",
  "status",
  "reason",
  "tag",
  "reward_from",
  "reward_to",
  "score_from",
  "score_to",
  "seconds_from",
  "seconds_to",
  "length_from",
  "length_to",
  "tokens_from",
  "tokens_to",
  "masked",
  "text",
] as const;

export type Filter = Partial<Record<(typeof FILTERS)[number], string>>;

export function path(ledger: string, ...rest: (string | number)[]): string {
  return ["/v1/ledgers", ledger, ...rest].map((part, at) => (at ? encodeURIComponent(part) : part)).join("/");
}

/** Half a millisecond is not nothing. */
export function took(seconds: number): string {
  if (!seconds) return "not timed";
  return seconds < 1 ? `${(seconds * 1000).toPrecision(2)} ms` : `${seconds.toFixed(2)} s`;
}
