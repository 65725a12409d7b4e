// Bytes as they come and as they are read: gzip and SHA-256 by the browser itself.
export type Bytes = Uint8Array<ArrayBuffer>;

async function through(data: Blob, stream: CompressionStream | DecompressionStream): Promise<Response> {
  return new Response(data.stream().pipeThrough(stream as unknown as ReadableWritablePair<Uint8Array, Uint8Array>));
}

/** JSON that may be gzipped: a proxy or the browser may have unpacked it already. */
export async function readJson<T>(data: Blob): Promise<T> {
  const head = new Uint8Array(await data.slice(0, 2).arrayBuffer());
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const response = packed ? await through(data, new DecompressionStream("gzip")) : new Response(data);
  return (await response.json()) as T;
}

export async function writeJson(document: unknown): Promise<Blob> {
  return (await through(new Blob([JSON.stringify(document)]), new CompressionStream("gzip"))).blob();
}

export async function sha256(data: Blob): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await data.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
