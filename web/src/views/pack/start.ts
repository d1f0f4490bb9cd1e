// A task and rollouts to try a bundled pack with: its family's, else what the red team attacks it with.
import { get, post } from "../../lib/api.svelte";
import { truthText } from "../../lib/format";

export interface Exercise {
  prompt: string;
  truth: string;
  rollouts: string[];
}

interface Family {
  pack: string;
  prompt: string;
  truth: unknown;
  rollouts: { text: string }[];
}
interface Tried {
  task: { prompt: string | null; truth: unknown };
  gold: { text: string };
  wrong: { text: string };
}

export async function exercise(pack: string): Promise<Exercise> {
  const { families } = await get<{ families: Family[] }>("/v1/families");
  const family = families.find((known) => known.pack === pack);
  if (family) {
    const rollouts = family.rollouts.slice(0, 2).map((sample) => sample.text);
    return { prompt: family.prompt, truth: truthText(family.truth), rollouts };
  }
  const { hacks } = await get<{ hacks: { id: string }[] }>("/v1/hacks", { pack });
  const hack = hacks[0]?.id;
  if (hack === undefined) return { prompt: "", truth: "", rollouts: [""] };
  const { task, gold, wrong } = await post<Tried>("/v1/hacks/try", { pack, hack });
  return { prompt: task.prompt ?? "", truth: truthText(task.truth), rollouts: [gold.text, wrong.text] };
}
