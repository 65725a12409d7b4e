// What officers wrote over a bad link, against a small server in memory: everything arrives once, nothing is lost, whatever the
// link drops, doubles or cuts and whenever the window is closed.
import "fake-indexeddb/auto";
import "./quick-pins";
import { beforeEach, expect, test } from "vitest";
import { canonical, sha256, sha256OfJson, uuid7 } from "../../src/officer/outbox/canonical";
import { entries } from "../../src/officer/outbox/export";
import * as outbox from "../../src/officer/outbox/outbox";
import { type Line, pauseAfter, sendAll, status } from "../../src/officer/outbox/send";
import { ApiError } from "../../src/officer/shell/api";
import { close, open } from "../../src/officer/store/db";
import * as vault from "../../src/officer/store/vault";

const PIN = "294716";
type Fault = "lost" | "unheard" | "twice" | "cut" | null;

class Server {
  readonly operations = new Map<string, outbox.Operation>();
  readonly order: string[] = [];
  readonly photos = new Map<string, Uint8Array[]>();
  readonly whole = new Map<string, string>();
  applied = 0;
  requests = 0;
  fault: (n: number) => Fault = () => null;
  refuse: (id: string) => { state: "refused" | "conflict"; code: string } | null = () => null;

  readonly ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    this.requests += 1;
    const fault = this.fault(this.requests);
    if (fault === "lost") throw new ApiError("offline", 0, "");
    const answer = await this.answer(path, init);
    const again = fault === "twice" ? await this.answer(path, init) : answer;
    if (fault === "unheard") throw new ApiError("offline", 0, "");
    if (fault === "cut") return new Response("{\"receipts\": [{\"id\"", { status: 200 });
    if (!again.ok) throw new ApiError(again.status === 409 ? "photo-offset" : "photo-hash", again.status, "");
    return again;
  };

  private async answer(path: string, init: RequestInit): Promise<Response> {
    if (path.startsWith("operations?ids=")) return this.known(path.replace("operations?ids=", "").split(","));
    if (path === "operations") return this.take(JSON.parse(String(init.body)).operations);
    const name = path.replace(/^photos\//, "");
    return init.method === "HEAD" ? this.held(name) : this.piece(name, new Headers(init.headers), init.body as Uint8Array);
  }

  private known(ids: string[]): Response {
    const here = (id: string): number => [...this.whole.keys()].filter((name) => name.startsWith(id)).length;
    return Response.json({ receipts: ids.filter((id) => this.operations.has(id)).map((id) => ({ id, state: "received", photos_here: here(id) })) });
  }

  private async take(operations: outbox.Operation[]): Promise<Response> {
    const receipts = [];
    for (const operation of operations) {
      expect(await sha256OfJson(operation.payload)).toBe(operation.sha256);
      if (!this.operations.has(operation.id)) {
        this.applied += 1;
        this.order.push(operation.id);
        this.operations.set(operation.id, operation);
      }
      receipts.push({ id: operation.id, ...(this.refuse(operation.id) ?? { state: "received", code: null }), detail: "" });
    }
    return Response.json({ receipts });
  }

  private held(name: string): Response {
    const done = this.whole.get(name);
    const headers: Record<string, string> = { "Upload-Offset": String(this.size(name)) };
    if (done) headers["X-Receipt"] = JSON.stringify({ sha256: done });
    return new Response(null, { headers });
  }

  private async piece(name: string, headers: Headers, body: Uint8Array): Promise<Response> {
    expect(this.operations.has(name.split("/")[0] ?? "")).toBe(true);
    const offset = Number(headers.get("Upload-Offset"));
    if (this.whole.has(name)) return Response.json({ sha256: this.whole.get(name) }, { status: 201 });
    if (offset !== this.size(name)) return new Response(null, { status: 409 });
    const pieces = [...(this.photos.get(name) ?? []), body.slice()];
    this.photos.set(name, pieces);
    if (this.size(name) < Number(headers.get("Upload-Length"))) {
      return new Response(null, { status: 204, headers: { "Upload-Offset": String(this.size(name)) } });
    }
    const hash = await sha256(new Uint8Array(await new Blob(pieces as BlobPart[]).arrayBuffer()));
    if (hash !== headers.get("X-Sha256")) return new Response(null, { status: 422 });
    this.whole.set(name, hash);
    return Response.json({ sha256: hash }, { status: 201 });
  }

  private size(name: string): number {
    return (this.photos.get(name) ?? []).reduce((sum, piece) => sum + piece.length, 0);
  }
}

const line = (server: Server, over: Partial<Line> = {}): Line => ({
  ask: server.ask,
  wait: async () => undefined,
  random: () => 0,
  online: () => true,
  ...over,
});

const photo = (size: number): outbox.NewPhoto => ({ bytes: noise(size), facts: { taken_at: "2026-11-22T03:00:00.000Z" } });

function noise(size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65536) crypto.getRandomValues(bytes.subarray(at, Math.min(size, at + 65536)));
  return bytes;
}

const report = (note: string, photos: outbox.NewPhoto[] = []): Promise<string> =>
  outbox.add({ kind: "observation", base: null, payload: { kind: "inspection", note } }, photos);

beforeEach(async () => {
  await vault.wipe("forgotten");
  await vault.setPin(PIN);
});

test("two numbers of one moment keep their order, a clock turned back does too", () => {
  const made = [uuid7(1000), uuid7(1000), uuid7(500), uuid7(2000)];
  expect([...made].sort()).toEqual(made);
  expect(made[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("canonical JSON is that of RFC 8785", () => {
  expect(canonical({ "\u20ac": 1, "\r": 2, "1": [1e21, 1e-7, -0, 4.5], a: { z: null, b: "\u000f\"/" }, gone: undefined })).toBe(
    '{"\\r":2,"1":[1e+21,1e-7,0,4.5],"a":{"b":"\\u000f\\"/","z":null},"\u20ac":1}',
  );
});

test("pauses grow, are spread, and end at a minute", () => {
  expect([1, 2, 3].map((n) => pauseAfter(n, 1))).toEqual([500, 1000, 2000]);
  expect(pauseAfter(1, 0)).toBe(125);
  expect(pauseAfter(30, 1)).toBe(60_000);
});

test("a saved report outlives the window and lies sealed", async () => {
  const id = await report("CANARY-note", [photo(1000)]);
  await vault.lock();
  await close();
  await expect(outbox.list()).rejects.toThrow("vault-locked");
  expect(await outbox.counts()).toMatchObject({ unsent: 1, photos: 1 });
  const everything = JSON.stringify(await (await open()).getAll("outbox"), (_key, value) =>
    value instanceof Uint8Array ? new TextDecoder("latin1").decode(value) : value,
  );
  expect(everything).not.toContain("CANARY");
  expect(await vault.unlock(PIN)).toEqual({ ok: true, late: false });
  expect((await outbox.list()).map((item) => [item.id, item.state, item.operation.payload["note"]])).toEqual([[id, "waiting", "CANARY-note"]]);
});

test("over a link that fails three in four everything arrives once, in order", async () => {
  const ids = [];
  const pictures: Uint8Array[] = [];
  for (let n = 0; n < 5; n++) {
    const taken = [photo(300_000), photo(700_000 + n)];
    pictures.push(...taken.map(({ bytes }) => bytes));
    ids.push(await report(`số ${n}`, taken));
  }
  const server = new Server();
  const faults: Fault[] = ["lost", "unheard", "twice", null, "cut", "unheard", null, "lost"];
  server.fault = (n) => faults[n % faults.length] ?? null;
  await sendAll(line(server));
  expect(server.order).toEqual(ids);
  expect(server.applied).toBe(5);
  const sent = ids.flatMap((id) => [0, 1].map((index) => server.whole.get(`${id}/${index}`)));
  expect(sent).toEqual(await Promise.all(pictures.map((bytes) => sha256(bytes as Uint8Array<ArrayBuffer>))));
  const items = await outbox.list();
  expect(items.map(({ state, photosReceived }) => [state, photosReceived])).toEqual(ids.map(() => ["received", 2]));
  expect(items.every(({ settledAt }) => settledAt !== null)).toBe(true);
  expect(status().state).toBe("idle");
});

test("no network: it waits; the next call sends", async () => {
  await report("ở ngoài đê");
  const server = new Server();
  server.fault = () => "lost";
  await sendAll(line(server, { online: () => false }));
  expect(status()).toMatchObject({ state: "stopped", code: "offline" });
  expect(await outbox.counts()).toMatchObject({ unsent: 1 });
  server.fault = () => null;
  await sendAll(line(server));
  expect(await outbox.counts()).toMatchObject({ unsent: 0, received: 1 });
});

test("refused and in conflict are kept with why; their photos still go", async () => {
  const refused = await report("hai", [photo(10)]);
  const conflict = await report("ba", [photo(10)]);
  const server = new Server();
  server.refuse = (id) => (id === refused ? { state: "refused", code: "not-your-unit" } : { state: "conflict", code: "same-field" });
  await sendAll(line(server));
  const items = await outbox.list();
  expect(items.map(({ id, state, receipt }) => [id, state, receipt?.code])).toEqual([
    [refused, "refused", "not-your-unit"],
    [conflict, "conflict", "same-field"],
  ]);
  expect([...server.whole.keys()]).toEqual([`${refused}/0`, `${conflict}/0`]);
  await outbox.tidy(0);
  expect((await outbox.list()).map(({ id }) => id)).toEqual([refused]);
  await outbox.dismiss(refused);
  expect(await outbox.list()).toEqual([]);
  expect(await (await open()).count("pictures")).toBe(0);
});

test("one that the server cannot read is refused by itself, the others go", async () => {
  const bad = await report("xấu");
  const good = await report("tốt");
  const server = new Server();
  const { ask } = server;
  const picky = async (path: string, init: RequestInit = {}): Promise<Response> => {
    if (path === "operations" && String(init.body).includes(bad)) throw new ApiError("bad-operation", 400, "không đọc được");
    return ask(path, init);
  };
  await sendAll(line(server, { ask: picky }));
  expect((await outbox.list()).map(({ id, state }) => [id, state])).toEqual([[bad, "refused"], [good, "received"]]);
});

test("a session that ends in the middle of a photo: signed in again, it goes on where it was", async () => {
  const taken = photo(900_000);
  const id = await report("một", [taken]);
  const server = new Server();
  const offsets: string[] = [];
  let isOver = false;
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    if (isOver) throw new ApiError("device-expired", 401, "");
    if (init.method === "PATCH") offsets.push(new Headers(init.headers).get("Upload-Offset") ?? "");
    const answer = await server.ask(path, init);
    isOver = offsets.length === 2;
    return answer;
  };
  await sendAll(line(server, { ask }));
  expect(status()).toMatchObject({ state: "stopped", code: "device-expired" });
  expect(await outbox.counts()).toMatchObject({ unsent: 1, photosReceived: 0 });
  offsets.push("signed in");
  isOver = false;
  await sendAll(line(server, { ask }));
  expect(offsets).toEqual(["0", "262144", "signed in", "524288", "786432"]);
  expect(server.whole.get(`${id}/0`)).toBe(await sha256(taken.bytes));
  expect(await outbox.counts()).toMatchObject({ unsent: 0 });
});

test("a server that came back from an older backup gets again what it had acknowledged", async () => {
  const ids = [await report("một", [photo(300)]), await report("hai", [photo(400), photo(500)]), await report("ba")];
  const server = new Server();
  await sendAll(line(server));
  expect(await outbox.counts()).toMatchObject({ unsent: 0, received: 3 });
  // The first report is gone with its photo, of the second one photo is gone.
  const [first, second] = ids as [string, string, string];
  server.operations.delete(first);
  for (const name of [`${first}/0`, `${second}/1`]) {
    server.whole.delete(name);
    server.photos.delete(name);
  }
  const asked = server.requests;
  await sendAll(line(server));
  expect(server.requests).toBe(asked);
  await vault.setMeta("rechecked", Date.now() - 25 * 3_600_000);
  await sendAll(line(server));
  expect([...server.operations.keys()].sort()).toEqual([...ids].sort());
  expect(server.whole.size).toBe(3);
  expect(server.applied).toBe(4);
  expect(await outbox.counts()).toMatchObject({ unsent: 0, received: 3 });
});

test("a device that is refused stops and keeps everything", async () => {
  await report("một", [photo(10)]);
  const ask = (): Promise<Response> => Promise.reject(new ApiError("device-unknown", 401, ""));
  await sendAll(line(new Server(), { ask }));
  expect(status()).toMatchObject({ state: "stopped", code: "device-unknown" });
  expect(await outbox.counts()).toMatchObject({ unsent: 1, photos: 1 });
});

test("the file for handing in has every report and every photo as it was", async () => {
  const taken = photo(500);
  taken.bytes.set([0xff, 0xd8]);
  const id = await report("nộp tay", [taken]);
  const files = new Map<string, Uint8Array | string>();
  for await (const { name, input } of entries()) files.set(name, input);
  const listed = JSON.parse(String(files.get("outbox.json"))) as { items: { folder: string; operation: outbox.Operation }[] };
  expect(listed.items.map(({ operation }) => [operation.id, operation.payload["note"]])).toEqual([[id, "nộp tay"]]);
  expect(files.get(`${listed.items[0]?.folder}/photo-001.jpg`)).toEqual(taken.bytes);
});

test("a full device says so and keeps nothing by halves", async () => {
  const database = await open();
  const real = database.transaction.bind(database);
  database.transaction = (() => {
    throw new DOMException("full", "QuotaExceededError");
  }) as unknown as typeof database.transaction;
  await expect(report("đầy", [photo(10)])).rejects.toMatchObject({ code: "storage-full" });
  database.transaction = real;
  expect(await outbox.counts()).toMatchObject({ unsent: 0 });
  expect(await database.count("pictures")).toBe(0);
});
