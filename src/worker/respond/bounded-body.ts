// A request's body, unless it is too long: never more of it in memory than may be kept.

import { problem } from "./problem.ts";

/** Why there is no body. */
export type NoBody = "too long" | "broken off";

/** The body, or what is wrong with it, as soon as it is known to be longer than `bytesMax`. */
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
    // Whoever sent it has gone: no error of ours.
    return "broken off";
  }
  return kept.subarray(0, length);
}

/** The answer to a POST whose lines are not there. */
export function noLines(why: NoBody, bytesMax: number, addresses: readonly string[]): Response {
  return why === "too long"
    ? problem(413, `The lines of a POST are at most ${bytesMax} bytes`, { addresses })
    : problem(400, "The lines of the POST broke off", { addresses });
}
