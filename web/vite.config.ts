import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// `npm run dev` beside `referee serve --port 8008` works on the page with a reload at each change.
export default defineConfig({
  plugins: [svelte()],
  base: "./",
  build: {
    outDir: "../src/referee/serve/static",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0, // no data: URLs; the content security policy names 'self' only
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { "/v1": "http://127.0.0.1:8008" } },
});
