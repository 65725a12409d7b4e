// The keys of the device, and nothing about when they may be used (./vault.ts). Two of them, both random:
// "pack" for what came from the server (it can be had again), "work" for what the officer wrote (it cannot).
// Each is wrapped by a key made of the PIN and of a key that this browser holds and does not give out; the work key also by the
// office's rescue key, which is never kept here. docs/decisions/0038 says what that protects and what not.
const AES = "AES-GCM";
const START = 12;
const VERSION = 1;
/** OWASP's figure for PBKDF2 with SHA-256. */
export const ITERATIONS = 600_000;

export type Bytes = Uint8Array<ArrayBuffer>;
export type KeyName = "pack" | "work";

/** What lies in the database; `device` cannot be exported by any script. */
export interface Wrapped {
  iterations: number;
  salt: Bytes;
  device: CryptoKey;
  pack: Bytes | null;
  work: Bytes;
}

export interface Keys {
  pack: CryptoKey | null;
  work: CryptoKey;
}

export const bytesOf = (text: string): Bytes => new TextEncoder().encode(text) as Bytes;
export const random = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length));

/** `about` is bound to the seal: bytes sealed for one record do not open as another's. */
export async function sealWith(key: CryptoKey, bytes: Bytes, about: string): Promise<Bytes> {
  const start = random(START);
  const sealed = await crypto.subtle.encrypt({ name: AES, iv: start, additionalData: bytesOf(about) }, key, bytes);
  const result = new Uint8Array(1 + START + sealed.byteLength);
  result[0] = VERSION;
  result.set(start, 1);
  result.set(new Uint8Array(sealed), 1 + START);
  return result;
}

/** Throws an `OperationError` where the key is another one or a bit was changed. */
export async function openWith(key: CryptoKey, sealed: Bytes, about: string): Promise<Bytes> {
  const iv = sealed.slice(1, 1 + START);
  const opened = await crypto.subtle.decrypt({ name: AES, iv, additionalData: bytesOf(about) }, key, sealed.slice(1 + START));
  return new Uint8Array(opened);
}

const importAes = (raw: Bytes, uses: KeyUsage[]): Promise<CryptoKey> => crypto.subtle.importKey("raw", raw, AES, false, uses);

/** The key that the PIN opens: slow on purpose, and different in every browser. */
async function keyOfPin(pin: string, wrapped: Pick<Wrapped, "salt" | "iterations" | "device">): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", bytesOf(pin), "PBKDF2", false, ["deriveBits"]);
  const { salt, iterations } = wrapped;
  const slow = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, typed, 256);
  const bound = await crypto.subtle.sign("HMAC", wrapped.device, slow);
  return importAes(new Uint8Array(bound), ["encrypt", "decrypt"]);
}

async function usable(raw: Bytes): Promise<CryptoKey> {
  const key = await importAes(raw, ["encrypt", "decrypt"]);
  raw.fill(0);
  return key;
}

/** New keys for a device that has none. The raw bytes live for the length of this call. */
export async function makeKeys(pin: string, rescue: Bytes | null): Promise<{ wrapped: Wrapped; keys: Keys; rescued: Bytes | null }> {
  const device = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
  const [pack, work] = [random(32), random(32)];
  const rescued = rescue ? await wrapForRescue(work, rescue) : null;
  const wrapped = await wrapAll(pin, device, pack, work);
  return { wrapped, keys: { pack: await usable(pack), work: await usable(work) }, rescued };
}

async function wrapAll(pin: string, device: CryptoKey, pack: Bytes | null, work: Bytes): Promise<Wrapped> {
  const head = { salt: random(32), iterations: ITERATIONS, device };
  const key = await keyOfPin(pin, head);
  return { ...head, pack: pack && (await sealWith(key, pack, "pack")), work: await sealWith(key, work, "work") };
}

/** The keys that the PIN opens; null where the PIN is another one. */
export async function unwrapKeys(pin: string, wrapped: Wrapped): Promise<Keys | null> {
  const raw = await rawKeys(pin, wrapped);
  return raw && { pack: raw.pack && (await usable(raw.pack)), work: await usable(raw.work) };
}

async function rawKeys(pin: string, wrapped: Wrapped): Promise<{ pack: Bytes | null; work: Bytes } | null> {
  const key = await keyOfPin(pin, wrapped);
  try {
    const work = await openWith(key, wrapped.work, "work");
    return { work, pack: wrapped.pack && (await openWith(key, wrapped.pack, "pack")) };
  } catch {
    return null;
  }
}

/** The same keys behind another PIN; null where the old one is wrong. A pack key that was dropped is made anew. */
export async function rewrap(old: string, next: string, wrapped: Wrapped): Promise<{ wrapped: Wrapped; keys: Keys } | null> {
  const raw = await rawKeys(old, wrapped);
  if (!raw) return null;
  const pack = raw.pack ?? random(32);
  const done = await wrapAll(next, wrapped.device, pack, raw.work);
  return { wrapped: done, keys: { pack: await usable(pack), work: await usable(raw.work) } };
}

const wrapForRescue = async (work: Bytes, rescue: Bytes): Promise<Bytes> => sealWith(await importAes(rescue, ["encrypt"]), work, "rescue");

/** The key to a sealed file, out of the office's hand. Throws where `rescue` is another device's. */
export const workKeyOf = async (rescued: Bytes, rescue: Bytes): Promise<CryptoKey> =>
  usable(await openWith(await importAes(rescue, ["decrypt"]), rescued, "rescue"));

/** After a wipe and a new sign-in: the work key out of the office's hand, behind a new PIN. */
export async function rescueKeys(pin: string, rescued: Bytes, rescue: Bytes): Promise<{ wrapped: Wrapped; keys: Keys }> {
  const work = await openWith(await importAes(rescue, ["decrypt"]), rescued, "rescue");
  const device = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);
  const pack = random(32);
  const wrapped = await wrapAll(pin, device, pack, work);
  return { wrapped, keys: { pack: await usable(pack), work: await usable(work) } };
}
