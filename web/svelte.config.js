import { vitePreprocess } from "@sveltejs/vite-plugin-svelte";

export default {
  preprocess: vitePreprocess(),
  compilerOptions: {
    // Scoped styles go into the built style sheet; the content security policy refuses any other.
    css: "external",
  },
};
