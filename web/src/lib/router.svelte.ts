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

/**
 * For a view, while it is set up: what keeps its state in the address, without a step in the history and without making
 * the view anew. Once another address was followed it does nothing: an answer that comes late changes no other view's.
 */
export function keeper(): (query: Record<string, string>) => void {
  const { view, visits } = route;
  return (query) => {
    if (route.visits === visits) history.replaceState(null, "", address(view, query));
  };
}
