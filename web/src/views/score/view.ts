import type { View } from "../../lib/views";

export default {
  id: "score",
  order: 1,
  title: "Score",
  about: "Two rollouts of one task, judged by the rules that judge a training run.",
  load: () => import("./Score.svelte"),
} satisfies View;
