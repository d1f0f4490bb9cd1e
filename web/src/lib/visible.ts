// A rollout is hostile text. Here it becomes pieces: plain text that a browser shows as it stands, and symbols for
// what it would hide, reorder or swallow. Offsets count code points, as the library does; half a character counts one.

export interface Mark {
  start: number;
  end: number;
  label: string; // whose evidence it is
  hue: number; // 1 to 4
}

export interface Piece {
  kind: "text" | "symbol" | "gap";
  text: string; // the text, the symbol's short name, or how many characters are left out
  title: string;
  marks: Mark[];
  first: Mark[]; // the marks that begin here
}

const NAMED: Record<number, [string, string]> = {
  0x00a0: ["NBSP", "no-break space"],
  0x00ad: ["SHY", "soft hyphen"],
  0x034f: ["CGJ", "combining grapheme joiner"],
  0x061c: ["ALM", "Arabic letter mark"],
  0x115f: ["FILL", "Hangul filler"],
  0x1160: ["FILL", "Hangul filler"],
  0x180e: ["MVS", "Mongolian vowel separator"],
  0x200b: ["ZWSP", "zero-width space"],
  0x200c: ["ZWNJ", "zero-width non-joiner"],
  0x200d: ["ZWJ", "zero-width joiner"],
  0x200e: ["LRM", "left-to-right mark"],
  0x200f: ["RLM", "right-to-left mark"],
  0x2028: ["LS", "line separator"],
  0x2029: ["PS", "paragraph separator"],
  0x202a: ["LRE", "left-to-right embedding"],
  0x202b: ["RLE", "right-to-left embedding"],
  0x202c: ["PDF", "end of a change of direction"],
  0x202d: ["LRO", "left-to-right override"],
  0x202e: ["RLO", "right-to-left override"],
  0x2060: ["WJ", "word joiner"],
  0x2066: ["LRI", "left-to-right isolate"],
  0x2067: ["RLI", "right-to-left isolate"],
  0x2068: ["FSI", "first strong isolate"],
  0x2069: ["PDI", "end of an isolate"],
  0x2800: ["BLANK", "blank Braille pattern"],
  0x3000: ["IDSP", "ideographic space"],
  0x3164: ["FILL", "Hangul filler"],
  0xfeff: ["BOM", "byte order mark"],
  0xffa0: ["FILL", "half-width Hangul filler"],
};
const CONTROLS =
  "NUL SOH STX ETX EOT ENQ ACK BEL BS TAB LF VT FF CR SO SI DLE DC1 DC2 DC3 DC4 NAK SYN ETB CAN EM SUB ESC FS GS RS US".split(
    " ",
  );
const HIDDEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Zs}\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/u;
const COMBINING = /\p{M}/u;
const MARKS_IN_A_ROW = 4; // more of them pile up over the lines above
const AROUND = 160; // characters shown around evidence that lies beyond the cap
const WIDEST = 1_200; // characters shown of one piece of evidence beyond the cap

/** The text cut into what can be shown, of at most about `cap` characters plus what the marks point at. */
export function pieces(text: string, marks: Mark[], cap: number): { pieces: Piece[]; left: number } {
  const signs = points(text);
  const narrow = marks
    .map((mark) => ({ ...mark, start: Math.max(0, mark.start), end: Math.min(mark.end, signs.length) }))
    .filter((mark) => mark.start < mark.end);
  const shown: Piece[] = [];
  let at = 0;
  let left = 0;
  for (const [start, end] of windows(signs.length, narrow, cap)) {
    if (start > at) left += gap(shown, start - at);
    cut(signs, start, end, narrow, shown);
    at = end;
  }
  if (at < signs.length) left += gap(shown, signs.length - at);
  return { pieces: shown, left };
}

/** The characters as the library counts them. */
export function points(text: string): string[] {
  return Array.from(text);
}

function gap(shown: Piece[], count: number): number {
  const text = `… ${count.toLocaleString("en")} characters …`;
  shown.push({ kind: "gap", text, title: "left out here; show more below", marks: [], first: [] });
  return count;
}

function windows(length: number, marks: Mark[], cap: number): [number, number][] {
  if (length <= cap) return length ? [[0, length]] : [];
  const wanted: [number, number][] = [[0, cap]];
  for (const { start, end } of marks) {
    wanted.push([start - AROUND, Math.min(end, start + WIDEST) + AROUND]);
  }
  const merged: [number, number][] = [];
  for (const [start, end] of wanted.sort((one, other) => one[0] - other[0])) {
    const window: [number, number] = [Math.max(0, start), Math.min(length, end)];
    const last = merged.at(-1);
    if (last && window[0] <= last[1]) last[1] = Math.max(last[1], window[1]);
    else merged.push(window);
  }
  return merged;
}

function cut(signs: string[], start: number, end: number, marks: Mark[], shown: Piece[]): void {
  const edges = new Set([start, end]);
  for (const mark of marks) {
    for (const edge of [mark.start, mark.end]) if (start < edge && edge < end) edges.add(edge);
  }
  const sorted = [...edges].sort((one, other) => one - other);
  for (let index = 0; index + 1 < sorted.length; index++) {
    const [from, to] = [sorted[index] as number, sorted[index + 1] as number];
    const over = marks.filter((mark) => mark.start <= from && to <= mark.end);
    segment(signs, from, to, over, over.filter((mark) => mark.start === from), shown);
  }
}

/** One stretch under the same marks: runs of plain text, and runs of the same hidden character as one symbol. */
function segment(signs: string[], from: number, to: number, marks: Mark[], first: Mark[], shown: Piece[]): void {
  let plain = "";
  let begins = first;
  const put = (kind: Piece["kind"], text: string, title: string) => {
    shown.push({ kind, text, title, marks, first: begins });
    begins = [];
  };
  let stacked = 0;
  for (let at = from; at < to; at++) {
    const sign = signs[at] as string;
    stacked = COMBINING.test(sign) ? stacked + 1 : 0;
    if (sign === "\n" || sign === " " || (!HIDDEN.test(sign) && stacked <= MARKS_IN_A_ROW)) {
      plain += sign;
      continue;
    }
    if (plain) put("text", plain, "");
    plain = "";
    let count = 1;
    while (at + 1 < to && signs[at + 1] === sign) {
      count++;
      at++;
    }
    const [short, long] = named(sign);
    put("symbol", count > 1 ? `${short}×${count.toLocaleString("en")}` : short, long);
  }
  if (plain) put("text", plain, "");
}

function named(sign: string): [string, string] {
  const code = sign.codePointAt(0) as number;
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
  const known = NAMED[code];
  if (known) return [known[0], `${hex} ${known[1]}`];
  if (code < 0x20) return [CONTROLS[code] as string, `${hex} control character`];
  if (code === 0x7f) return ["DEL", `${hex} control character`];
  if ((code >= 0xfe00 && code <= 0xfe0f) || (code >= 0xe0100 && code <= 0xe01ef)) return [hex, `${hex} variation selector`];
  if (code >= 0xe0000 && code <= 0xe007f) return [hex, `${hex} tag character`];
  if (code >= 0xd800 && code <= 0xdfff) return [hex, `${hex} half of a character`];
  if (/\p{M}/u.test(sign)) return [hex, `${hex} one of many combining marks`];
  if (/\p{Zs}/u.test(sign)) return [hex, `${hex} a space of another width`];
  if (/\p{Co}/u.test(sign)) return [hex, `${hex} private use`];
  if (/\p{Cn}/u.test(sign)) return [hex, `${hex} not assigned`];
  return [hex, `${hex} invisible`];
}
