// Numbers and values as this page writes them.

/** A reward, three places; a masked one has none. */
export function reward(value: number | null): string {
  return value === null ? "masked" : fixed(value);
}

/** Three places, with a true minus sign. */
export function fixed(value: number, places = 3): string {
  const text = value.toFixed(places);
  return (Number(text) === 0 ? text.replace("-", "") : text).replace("-", "\u2212");
}

/** With its sign; zero has none. */
export function signed(value: number, places = 3): string {
  const text = fixed(value, places);
  return value > 0 && Number(value.toFixed(places)) !== 0 ? `+${text}` : text;
}

export function count(value: number, one: string, many = `${one}s`): string {
  return `${value.toLocaleString("en")} ${value === 1 ? one : many}`;
}

/** A truth as it is typed: JSON when it starts like a list or a table, else the text itself. */
export function truthFrom(text: string): unknown {
  const start = text.trimStart()[0];
  return start === "[" || start === "{" ? JSON.parse(text) : text;
}

export function truthText(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value, null, 2);
}

/** Evidence in one line. */
export function plain(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
}
