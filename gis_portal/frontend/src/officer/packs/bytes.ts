// Bytes as they come and as they are read: gzip and SHA-256 by the browser itself.
export type Bytes = Uint8Array<ArrayBuffer>;

function through(data: Blob | Bytes, stream: CompressionStream | DecompressionStream): Response {
  const { body } = new Response(data);
  if (!body) throw new Error("no bytes");
  return new Response(body.pipeThrough(stream as unknown as ReadableWritablePair<Uint8Array, Uint8Array>));
}

/** JSON that may be gzipped: a proxy or the browser may have unpacked it already. */
export async function readJson<T>(data: Blob | Bytes): Promise<T> {
  const head = data instanceof Blob ? new Uint8Array(await data.slice(0, 2).arrayBuffer()) : data;
  const packed = head[0] === 0x1f && head[1] === 0x8b;
  const response = packed ? through(data, new DecompressionStream("gzip")) : new Response(data);
  return (await response.json()) as T;
}

export async function writeJson(document: unknown): Promise<Blob> {
  return through(new Blob([JSON.stringify(document)]), new CompressionStream("gzip")).blob();
}

export async function sha256(data: Blob | Bytes): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", data instanceof Blob ? await data.arrayBuffer() : data);
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
