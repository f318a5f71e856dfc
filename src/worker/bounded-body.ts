// A request's body, unless it is too long: never more of it in memory than may be kept.

/** The body, or `undefined` as soon as it is known to be longer than `bytesMax`. */
export async function readAtMost(request: Request, bytesMax: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers.get("Content-Length") ?? 0) > bytesMax) return undefined;
  const kept = new Uint8Array(bytesMax);
  let length = 0;
  for await (const chunk of request.body ?? []) {
    if (length + chunk.length > bytesMax) return undefined;
    kept.set(chunk, length);
    length += chunk.length;
  }
  return kept.subarray(0, length);
}
