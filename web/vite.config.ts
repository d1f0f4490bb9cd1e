import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

// `npm run dev` beside `referee serve` works on the page with a reload at each change.
const SERVICE = "http://127.0.0.1:8000"; // it answers pages of its own origin only

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
  server: { proxy: { "/v1": { target: SERVICE, changeOrigin: true, headers: { origin: SERVICE } } } },
});
