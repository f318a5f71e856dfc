// Reads the body of a request. It keeps no more of a longer body in memory than the limit.

import { problem } from "./problem.ts";

/** Why there is no body. */
export type NoBody = "too long" | "broken off";

/** Returns the body. If it is longer than `bytesMax`, returns that as soon as it is known. */
export async function readAtMost(request: Request, bytesMax: number): Promise<Uint8Array | NoBody> {
  if (Number(request.headers.get("Content-Length") ?? 0) > bytesMax) return "too long";
  const kept = new Uint8Array(bytesMax);
  let length = 0;
  try {
    for await (const chunk of request.body ?? []) {
      if (length + chunk.length > bytesMax) return "too long";
      kept.set(chunk, length);
      length += chunk.length;
    }
  } catch {
    // The sender has gone. This is no error of ours.
    return "broken off";
  }
  return kept.subarray(0, length);
}

/** The answer to a POST without readable lines. */
export function noLines(why: NoBody, bytesMax: number, addresses: readonly string[]): Response {
  return why === "too long"
    ? problem(413, `The lines of a POST are at most ${bytesMax} bytes`, { addresses })
    : problem(400, "The lines of the POST broke off", { addresses });
}
