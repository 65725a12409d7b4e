// The service worker of the officer's handbook: keeps the page and the build's files, nothing else. Answers of
// /officer/api/ pass by it, the desk's pages too. It imports nothing: the server puts the list before it as `self.KEPT`.
interface Kept {
  version: string;
  page: string;
  /** Names carry a hash of the content: what is there is right. */
  files: string[];
  /** Same name, new content: asked anew for each version. */
  changing: string[];
  static: string;
}
interface Extendable extends Event {
  waitUntil(done: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Worker extends EventTarget {
  KEPT: Kept;
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void>; matchAll(which: { type: "window" }): Promise<{ postMessage(words: string): void }[]> };
}

const PREFIX = "officer-shell-";
const worker = self as unknown as Worker;
const kept = worker.KEPT;
const shelf = PREFIX + kept.version;

/** Without cookies: what is kept is what anybody gets. */
function plain(path: string, cache: RequestCache): Request {
  return new Request(path, { credentials: "omit", cache });
}

async function former(path: string): Promise<Response | undefined> {
  for (const key of await caches.keys()) {
    if (!key.startsWith(PREFIX) || key === shelf) continue;
    const found = await (await caches.open(key)).match(path);
    if (found) return found;
  }
  return undefined;
}

/** All or nothing: a version that misses a file is not installed, the former one stays. */
async function install(): Promise<void> {
  const cache = await caches.open(shelf);
  const put = async (path: string, isHashed: boolean): Promise<void> => {
    if (isHashed && (await cache.match(path))) return;
    const known = isHashed ? await former(path) : undefined;
    const answer = known ?? (await fetch(plain(path, isHashed ? "default" : "reload")));
    if (!answer.ok || answer.redirected) throw new Error(`${answer.status} ${path}`);
    await cache.put(path, answer);
  };
  await Promise.all([
    ...kept.files.map((path) => put(path, true)),
    ...[kept.page, ...kept.changing].map((path) => put(path, false)),
  ]);
}

async function activate(): Promise<void> {
  const old = (await caches.keys()).filter((key) => key.startsWith(PREFIX) && key !== shelf);
  await Promise.all(old.map((key) => caches.delete(key)));
  await worker.clients.claim();
}

async function answer(path: string, request: Request): Promise<Response> {
  const found = await (await caches.open(shelf)).match(path);
  return found ?? fetch(request);
}

const paths = new Set([kept.page, ...kept.files, ...kept.changing]);

worker.addEventListener("install", (event) => (event as Extendable).waitUntil(install()));
worker.addEventListener("activate", (event) => (event as Extendable).waitUntil(activate()));
worker.addEventListener("message", (event) => {
  if ((event as MessageEvent).data === "take-over") void worker.skipWaiting();
});
// The network is back: an open window sends (../officer/outbox/wake.ts); the keys are nowhere but in a window.
worker.addEventListener("sync", (event) => {
  const wake = async (): Promise<void> => {
    for (const client of await worker.clients.matchAll({ type: "window" })) client.postMessage("send-outbox");
  };
  (event as Extendable).waitUntil(wake());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event as Fetching;
  const url = new URL(request.url);
  // The list is the whole rule: no pattern that an address of the API could ever match.
  if (request.method !== "GET" || url.origin !== location.origin || !paths.has(url.pathname)) return;
  if (url.search && url.pathname !== kept.page) return;
  (event as Fetching).respondWith(answer(url.pathname, request));
});

export {};
