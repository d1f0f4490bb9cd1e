// Light or dark: as the system has it until someone chooses; a choice is remembered on this machine.

export type Choice = "system" | "light" | "dark";

const KEY = "referee.theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function remembered(): Choice {
  const kept = localStorage.getItem(KEY);
  return kept === "light" || kept === "dark" ? kept : "system";
}

function resolved(choice: Choice): "light" | "dark" {
  return choice === "system" ? (system.matches ? "dark" : "light") : choice;
}

/** `shown` changes whenever the colours do: what draws on a canvas reads it and draws again. */
export const theme = $state({ choice: remembered(), shown: resolved(remembered()) });

export function choose(choice: Choice): void {
  if (choice === "system") localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  theme.choice = choice;
  apply();
}

function apply(): void {
  theme.shown = resolved(theme.choice);
  document.documentElement.dataset.theme = theme.shown;
}

system.addEventListener("change", apply);
apply();

export function reducedMotion(): boolean {
  return calm.matches;
}

/** The value of a token, for what draws on a canvas. */
export function colour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}
