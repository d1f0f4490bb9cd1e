import type { View } from "../../lib/views";

export default {
  id: "rollouts",
  order: 3,
  title: "Rollouts",
  about: "What a ledger keeps: every rollout with its verdicts, in its group, and computed again on demand.",
  load: () => import("./Rollouts.svelte"),
} satisfies View;
