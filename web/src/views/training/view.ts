import type { View } from "../../lib/views";

export default {
  id: "training",
  order: 4,
  title: "Training",
  about: "A run as its rewards tell it, step by step, with what a person should look at.",
  load: () => import("./Training.svelte"),
} satisfies View;
