// Everything that is asked of the server: with the device's cookie and the header that no other page can send.
export interface Unit {
  id: number;
  code: string;
  name: string;
  bbox: [number, number, number, number] | null;
  /** Names of communes that became this one. */
  former?: string[];
}

export interface Limits {
  offline_hours: number;
  refresh_days: number;
  wrong_pins: number;
  keep_days: number;
}

export interface Me {
  user: { name: string };
  device: { id: string; name: string; expires_at: string };
  units: Unit[];
  limits: Limits;
  now: string;
}

const ROOT = "/officer/api/";

/** A refusal with the server's code, or `offline` when nobody answered. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly status: number,
    readonly detail: string,
  ) {
    super(`${code} ${detail}`);
    this.name = "ApiError";
  }
}

type Heard = (error: ApiError) => void;
const listeners: Heard[] = [];

/** Called with every refusal: a revoked device wipes itself. */
export function onRefusal(fn: Heard): void {
  listeners.push(fn);
}

export async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  headers.set("X-Officer", "1");
  let response: Response;
  try {
    response = await fetch(ROOT + path, { credentials: "same-origin", cache: "no-store", ...init, headers });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new ApiError("offline", 0, String(error));
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as { code?: string; detail?: string };
  const refusal = new ApiError(problem.code ?? `http-${response.status}`, response.status, problem.detail ?? "");
  for (const fn of listeners) fn(refusal);
  throw refusal;
}

export async function askJson<T>(path: string, init: RequestInit = {}): Promise<T> {
  return (await (await ask(path, init)).json()) as T;
}

function cookie(name: string): string {
  const found = document.cookie.split("; ").find((pair) => pair.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

/** Makes this browser a device of whoever is signed in to the portal. */
export async function register(name: string, platform: string): Promise<void> {
  await ask("devices", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": cookie("csrftoken") },
    body: JSON.stringify({ name, platform }),
  });
}

export const me = (): Promise<Me> => askJson<Me>("me");
export const signOut = (): Promise<Response> => ask("devices/this", { method: "DELETE" });
