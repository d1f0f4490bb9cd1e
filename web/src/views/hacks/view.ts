import type { View } from "../../lib/views";

export default {
  id: "hacks",
  order: 5,
  title: "Hack lab",
  about: "Pick a known hack, look at what it writes, and see what it earns beside an honest wrong answer.",
  load: () => import("./Hacks.svelte"),
} satisfies View;
