// A line from the herd for programs: itself, and what a refusal says. Keeps HC41 and HC43.

import { parseRefusal } from "../../core/protocol/refusal.ts";
import { explainRefusal } from "./explain-refusal.ts";

/** `{"line": …}`; a refusal also has its `code`, the line that it `refused`, and `why`. Bytes that are no text become U+FFFD. */
export function lineAsJson(bytes: Uint8Array): string {
  const line = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const refusal = parseRefusal(line);
  if (refusal === undefined) return JSON.stringify({ line });
  const { code, line: refused, retryAfterSeconds } = refusal;
  const why = explainRefusal(refusal, Date.now());
  return JSON.stringify({ line, code, refused, ...(retryAfterSeconds !== undefined && { retryAfterSeconds }), why });
}
