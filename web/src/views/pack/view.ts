import type { View } from "../../lib/views";

export default {
  id: "pack",
  order: 2,
  title: "Pack editor",
  about: "Write the rules and see the verdicts as you type. The address of this page holds everything: send it on.",
  load: () => import("./Pack.svelte"),
} satisfies View;
