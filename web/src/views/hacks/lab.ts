// What the lab asks the service, and the packs it can attack.
import { get, post } from "../../lib/api.svelte";
import type { Explanation, PackSource } from "../../lib/types";

export interface Hack {
  id: string;
  family: string;
  name: string;
  mechanism: string;
  source: string;
  fix: string;
  direction: "hack" | "rewrite";
}

export interface Attempt {
  text: string;
  reward: number | null;
  above_wrong: number | null;
  share_of_gold: number | null;
  unjudged: boolean;
  verdict: "holds" | "leak" | "unjudged" | "lost";
  rule: string | null; // that leaks
  advantage: number;
}

export interface Tried extends Hack {
  task: { id: string; prompt: string | null; truth: unknown };
  gold: { text: string; reward: number | null };
  wrong: { text: string; reward: number | null };
  rollouts: Attempt[];
  leaks: number;
}

export const NAIVE = "naive";
const NAIVE_TEXT = `# As many graders read an answer: whatever stands in the last box.
name = "naive"
about = "The last of any number of boxes counts, wherever it stands"

[[rules]]
name = "answer"
verifier = "math.answer"
params = { channel = "boxed", take = "last" }
`;

export function source(pack: string): PackSource {
  return pack === NAIVE ? { text: NAIVE_TEXT, format: "toml" } : pack;
}

export async function packText(pack: string): Promise<{ text: string; format: string }> {
  if (pack === NAIVE) return { text: NAIVE_TEXT, format: "toml" };
  const { text, format } = await get<{ text: string; format: string }>(`/v1/packs/${encodeURIComponent(pack)}`);
  return { text, format };
}

/** The hacks that can be tried on a pack, in the order of their families. */
export async function hacksOn(pack: string): Promise<Hack[]> {
  const { hacks } = await get<{ hacks: Hack[] }>("/v1/hacks", { pack: pack === NAIVE ? "r1-zero-math" : pack });
  return hacks;
}

export function attempt(pack: string, hack: string, index: number, signal: AbortSignal): Promise<Tried> {
  return post<Tried>("/v1/hacks/try", { pack: source(pack), hack, index }, signal);
}

/** One rollout of the attempt, as the rules see it. */
export function explained(pack: string, tried: Tried, text: string, signal: AbortSignal): Promise<Explanation> {
  const { truth, prompt } = tried.task;
  return post<Explanation>(
    "/v1/explain",
    { pack: source(pack), completions: [{ text }], truth, prompt: prompt ?? undefined },
    signal,
  );
}

const FAMILIES: Record<string, string> = {
  on_the_judge: "against the judge itself",
  lookalikes: "look-alike characters",
  short_answers: "short answers",
};

export function familyTitle(family: string): string {
  const words = FAMILIES[family] ?? family.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
