// Where in a pack's text a path like $.rules[1].weight stands. The service checks the meaning of a pack, not its text,
// so it knows the path of a fault; the line is found here, good enough to put the cursor there.
import type { Fault } from "../../lib/types";

export interface Place {
  line: number; // counted from 1
  from: number; // columns, counted from 0
  to: number;
}

export function place(text: string, fault: Fault): Place | null {
  const lines = text.split("\n");
  if (fault.line !== null && fault.line >= 1) {
    const line = Math.min(fault.line, lines.length);
    const width = lines[line - 1]?.length ?? 0;
    const from = Math.min(Math.max((fault.column ?? 1) - 1, 0), width);
    const to = Math.min(fault.end_column ? fault.end_column - 1 : width, width);
    return { line, from, to: Math.max(to, from) };
  }
  return toml(lines, fault.path);
}

function toml(lines: string[], path: string): Place | null {
  const steps = [...path.matchAll(/\.([\w-]+)|\[(\d+)\]/g)].map((step) => step[1] ?? Number(step[2]));
  let [start, end] = [0, lines.findIndex((line) => line.trimStart().startsWith("["))];
  if (end < 0) end = lines.length;
  let keys = steps.filter((step): step is string => typeof step === "string");
  if (steps[0] === "rules" && typeof steps[1] === "number") {
    const heads = lines.flatMap((line, at) => (/^\s*\[\[\s*rules\s*\]\]/.test(line) ? [at] : []));
    const head = heads[steps[1]];
    if (head === undefined) return null;
    start = head;
    end = heads[steps[1] + 1] ?? lines.length;
    keys = keys.slice(1);
  }
  // The innermost key that has a line of its own is the best place that there is.
  for (const key of keys.toReversed()) {
    for (let at = start; at < end; at++) {
      const found = new RegExp(`(?:^\\s*|[{,]\\s*)("?${key}"?)\\s*=`).exec(lines[at] ?? "");
      if (found) return whole(lines, at, lines[at]!.indexOf(found[1] as string, found.index));
    }
  }
  return start < lines.length ? whole(lines, start, lines[start]!.search(/\S|$/)) : null;
}

function whole(lines: string[], at: number, from: number): Place {
  return { line: at + 1, from, to: (lines[at] ?? "").replace(/\s*(#.*)?$/, "").length };
}
