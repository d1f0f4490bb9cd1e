import type { View } from "../../lib/views";

export default {
  id: "planner",
  order: 6,
  title: "Planner",
  about: "How many cores judge a training run, so that its GPUs do not wait.",
  load: () => import("./Planner.svelte"),
} satisfies View;
