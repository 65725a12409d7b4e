// Where in the handbook one is: the hash of the address, so that back goes back and a reload stays.
export interface Route {
  name: string;
  /** What follows the name: `#/stakeout/<uid>/<corner>` → [uid, corner]. */
  args: string[];
}

export function parse(hash: string): Route {
  const [name = "", ...args] = hash.replace(/^#\/?/, "").split("/").map(decode);
  return { name: name || "map", args: args.filter((part) => part !== "") };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function address(name: string, ...args: (string | number)[]): string {
  return `#/${[name, ...args].map((part) => encodeURIComponent(String(part))).join("/")}`;
}

export function go(name: string, ...args: (string | number)[]): void {
  location.hash = address(name, ...args);
}

export function current(): Route {
  return parse(location.hash);
}

export function onRoute(fn: (route: Route) => void): void {
  window.addEventListener("hashchange", () => fn(current()));
}
