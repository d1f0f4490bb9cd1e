// The planner's records, as the service gives them (`referee.plan`): seconds, shares in [0, 1], MB.

export interface Work {
  name: string;
  share: number;
  seconds: number;
  spread: number;
  runs: number;
  timeouts: number;
  limit_s: number;
  memory_mb: number;
  samples: number[];
}

export interface Setting {
  sampler: { gpus: number; tokens_s: number; prompts: number; group: number; slots: number | null; update_s: number | null };
  tokens: { mean: number; spread: number; most: number; samples: number[] };
  work: Work[];
  pool: { overhead_s: number; worker_mb: number; lease_s: number; text_kb: number };
  prices: { gpu_h: number; core_h: number };
  target: number;
  scoring: "streaming" | "batch";
  cores: number | null;
  repeats: number;
  seed: number;
}

export interface Need {
  cores: number;
  idle_s: number;
  idle_share: number;
  met: boolean;
}

export interface Point {
  cores: number;
  streaming_s: number;
  streaming_share: number;
  batch_s: number;
  batch_share: number;
  wait_p99_s: number;
  utilisation: number;
  waiting: number;
  memory_mb: number;
  spend: number;
  step_cost: number;
  capacity_s: number;
}

export interface Sensitivity {
  value: number;
  cores: number;
  met: boolean;
  idle_s: number;
  floor_s: number;
}

export interface Plan {
  setting: Setting;
  rollouts: number;
  work_s: number;
  mean_s: number;
  p99_s: number;
  max_s: number;
  generation_s: number;
  step_s: number;
  rate_s: number;
  floor_s: number;
  keeps_up: number;
  streaming: Need;
  batch: Need;
  chosen: Point;
  curve: Point[];
  timeouts: Sensitivity[];
  limits: Sensitivity[];
  lost: { mean_s: number; worst_s: number };
  notes: string[];
  sentence: string;
}

export interface Preset {
  name: string;
  title: string;
  claim: string;
  holds: string;
  setting: Setting;
}

/** A setting that came from a ledger, and what to know about it. */
export interface Measured {
  setting: Setting;
  notes: string[];
}

/** One slider: where its value stands in a setting. `log`: equal steps are equal factors. */
export interface Knob {
  id: string;
  label: string;
  unit: string;
  from: number;
  to: number;
  whole: boolean;
  log: boolean;
  read: (setting: Setting) => number;
  write: (setting: Setting, value: number) => void;
  measured?: (setting: Setting) => boolean; // what was measured is not turned
}

function everyWork(change: (work: Work) => void): (setting: Setting) => void {
  return (setting) => setting.work.forEach(change);
}

function first(setting: Setting): Work {
  return setting.work[0] as Work;
}

const hasTimes = (setting: Setting) => setting.work.length > 1 || first(setting).samples.length > 0;

export const KNOBS: { title: string; knobs: Knob[] }[] = [
  {
    title: "The sampler",
    knobs: [
      knob("gpus", "GPUs", "", 1, 1024, true, (s) => s.sampler.gpus, (s, v) => (s.sampler.gpus = v)),
      knob("tokens_s", "Tokens a second of one GPU", "", 100, 50_000, true, (s) => s.sampler.tokens_s, (s, v) => (s.sampler.tokens_s = v)),
      knob("prompts", "Prompts of a step", "", 1, 1024, true, (s) => s.sampler.prompts, (s, v) => (s.sampler.prompts = v)),
      knob("group", "Rollouts of a prompt", "", 1, 64, true, (s) => s.sampler.group, (s, v) => (s.sampler.group = v)),
      {
        ...knob("length", "Mean length", "tokens", 50, 32_768, true, (s) => s.tokens.mean, (s, v) => (s.tokens.mean = v)),
        measured: (s) => s.tokens.samples.length > 0,
      },
      knob("longest", "Sampling is cut at", "tokens", 100, 131_072, true, (s) => s.tokens.most, (s, v) => (s.tokens.most = v)),
    ],
  },
  {
    title: "The judge",
    knobs: [
      {
        ...knob("service", "Time of one run", "s", 0.0001, 10, false, (s) => first(s).seconds, (s, v) => everyWork((w) => (w.seconds = v))(s)),
        measured: hasTimes,
      },
      {
        ...knob("runs", "Runs of a verification", "", 1, 100, true, (s) => first(s).runs, (s, v) => everyWork((w) => (w.runs = v))(s)),
        measured: hasTimes,
      },
      {
        ...knob("timeouts", "Run into the time limit", "%", 0, 50, false, (s) => 100 * first(s).timeouts, (s, v) => everyWork((w) => (w.timeouts = v / 100))(s)),
        log: false,
      },
      knob("limit_s", "The time limit", "s", 0.1, 120, false, (s) => first(s).limit_s, (s, v) => everyWork((w) => (w.limit_s = v))(s)),
    ],
  },
  {
    title: "What it may cost",
    knobs: [
      { ...knob("target", "GPUs may wait", "% of a step", 0.1, 20, false, (s) => 100 * s.target, (s, v) => (s.target = v / 100)) },
      knob("gpu_h", "A GPU-hour costs", "", 0.1, 20, false, (s) => s.prices.gpu_h, (s, v) => (s.prices.gpu_h = v)),
      knob("core_h", "A core-hour costs", "", 0.001, 1, false, (s) => s.prices.core_h, (s, v) => (s.prices.core_h = v)),
    ],
  },
];

function knob(
  id: string,
  label: string,
  unit: string,
  from: number,
  to: number,
  whole: boolean,
  read: Knob["read"],
  write: (setting: Setting, value: number) => unknown,
): Knob {
  return { id, label, unit, from, to, whole, log: true, read, write: (setting, value) => void write(setting, value) };
}

/** Seconds with as many digits as anybody reads. */
export function seconds(value: number): string {
  if (value >= 100) return `${Math.round(value).toLocaleString("en")} s`;
  if (value >= 1) return `${value.toFixed(1)} s`;
  return value >= 0.001 ? `${Math.round(value * 1000)} ms` : value < 1e-6 ? "0 ms" : "under 1 ms";
}

export function percent(share: number, places = 1): string {
  return `${(100 * share).toFixed(places)} %`;
}
