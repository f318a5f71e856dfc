// Reads the body of an HTTP answer as text, up to a limit.
//
// The body comes from a server that is not ours. A faulty or hostile one may send without end and fill the 128 MB of the
// isolate. The body is therefore read as a stream, counted after decompression, and given up at the limit or when the signal
// aborts. Keeps WA4.

/**
 * The whole body as UTF-8 text, or `undefined` if it is longer than the limit. The rest is then not read.
 *
 * Rejects with the signal's reason when it aborts, and with the platform's error when the connection is lost.
 */
export async function readTextWithin(
  response: Response,
  limitBytes: number,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  const sink = new WritableStream<Uint8Array>({
    write(chunk) {
      bytes += chunk.byteLength;
      // A throwing sink makes `pipeTo` cancel the body, which frees the connection.
      if (bytes > limitBytes) throw new RangeError("Body over the limit");
      text += decoder.decode(chunk, { stream: true });
    },
  });
  try {
    await response.body.pipeTo(sink, { signal });
  } catch (error) {
    if (bytes > limitBytes) return undefined;
    throw error;
  }
  return text + decoder.decode();
}
