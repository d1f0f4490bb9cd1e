// The service's JSON. Every call goes to this page's own origin.

/** A refusal: `code` names its kind, `path` where in the request the fault stands. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly path = "",
  ) {
    super(message);
  }
}

const TOKEN = "referee.token";

/** Whether the service has asked for a token; `given` counts how often one was given, so that views ask again. */
export const access = $state({ needed: false, given: 0 });

function token(): string {
  return sessionStorage.getItem(TOKEN) ?? "";
}

/** Kept until this tab is closed. */
export function setToken(value: string): void {
  sessionStorage.setItem(TOKEN, value);
  access.needed = false;
  access.given += 1;
}

type Params = Record<string, string | number | boolean | undefined>;

export function get<T>(path: string, params: Params = {}, signal?: AbortSignal): Promise<T> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) if (value !== undefined) query.set(name, String(value));
  return call<T>("GET", query.size ? `${path}?${query}` : path, undefined, signal);
}

export function post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
  return call<T>("POST", path, JSON.stringify(body), signal);
}

async function call<T>(method: string, path: string, body?: string, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (token()) headers.Authorization = `Bearer ${token()}`;
  let response: Response;
  try {
    response = await fetch(path, { method, headers, body, signal, credentials: "omit", redirect: "error" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, "network", "The service does not answer. Is `referee serve` still running?");
  }
  const said: unknown = await response.json().catch(() => null);
  if (response.ok) return said as T;
  if (response.status === 401) access.needed = true;
  throw refusal(said, response.status);
}

function refusal(said: unknown, status: number): ApiError {
  const error = (said as { error?: { code?: string; message?: string; path?: string } } | null)?.error;
  const message = error?.message ?? `The service answered with status ${status} and said no more.`;
  return new ApiError(status, error?.code ?? "refused", message, error?.path);
}

export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Calls of which only the newest counts: starting one aborts the one before. `null`: overtaken. */
export function latest<A extends unknown[], T>(
  task: (signal: AbortSignal, ...args: A) => Promise<T>,
): (...args: A) => Promise<T | null> {
  let running: AbortController | null = null;
  return async (...args: A) => {
    running?.abort();
    const mine = new AbortController();
    running = mine;
    try {
      const said = await task(mine.signal, ...args);
      return mine.signal.aborted ? null : said;
    } catch (error) {
      if (mine.signal.aborted) return null;
      throw error;
    }
  };
}
