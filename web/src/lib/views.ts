// A view is a folder below views/ with a view.ts; being there is all the registration it needs.
import type { Component } from "svelte";

export interface View {
  id: string; // what stands in the address: #/score
  order: number;
  title: string;
  about: string; // one sentence, under the title
  load: () => Promise<{ default: Component<{ query: URLSearchParams }> }>;
}

const found = import.meta.glob<{ default: View }>("../views/*/view.ts", { eager: true });

export const views: View[] = Object.values(found)
  .map((module) => module.default)
  .sort((one, other) => one.order - other.order);
