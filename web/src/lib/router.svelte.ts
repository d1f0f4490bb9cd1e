// The address is the fragment: #/score?family=format. What is after ? belongs to the view, and is all of its shared state.
import { views } from "./views";

interface Route {
  view: string;
  query: URLSearchParams;
  visits: number; // how often an address was followed: a view is made anew at each
}

function read(visits: number): Route {
  const [path = "", query = ""] = split(location.hash.replace(/^#\/?/, ""));
  const known = views.some((view) => view.id === path);
  return { view: known ? path : (views[0]?.id ?? ""), query: new URLSearchParams(query), visits };
}

function split(text: string): [string, string] {
  const at = text.indexOf("?");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

export const route: Route = $state(read(0));

addEventListener("hashchange", () => Object.assign(route, read(route.visits + 1)));

export function address(view: string, query: Record<string, string> = {}): string {
  const text = new URLSearchParams(query).toString();
  return `#/${view}${text ? `?${text}` : ""}`;
}

/** Go to a view; the way back leads here. */
export function go(view: string, query: Record<string, string> = {}): void {
  location.hash = address(view, query);
}

/** Keep the state of this view in the address without a step in the history, and without telling the view. */
export function replaceQuery(query: Record<string, string>): void {
  history.replaceState(null, "", address(route.view, query));
}
