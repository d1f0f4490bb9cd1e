// Evidence that can be pointed at, as marks of a text: one hue for each rule.
import type { Explained, Said } from "./types";
import type { Mark } from "./visible";

const HUES = 4;
const WIDE = 0.8; // evidence that is nearly all of the text marks nothing

export function hue(rule: number): number {
  return (rule % HUES) + 1;
}

export function marks(rules: Explained[], length: number): Mark[] {
  const all = rules.flatMap((rule, index) => spans(rule).map((span) => ({ ...span, label: rule.rule, hue: hue(index) })));
  const seen = new Set<string>();
  return all.filter((mark) => {
    const key = `${mark.start} ${mark.end} ${mark.label}`;
    const known = seen.has(key);
    seen.add(key);
    return !known && mark.end > mark.start && mark.end - mark.start < Math.max(length * WIDE, 1);
  });
}

function spans(said: Said): { start: number; end: number }[] {
  return [...said.spans, ...said.parts.flatMap(spans)];
}
