// A watch as a hibernating connection remembers it: the client or `*`, and its silence if it waits for one.
//
// One text without a line feed: `<client>`, or `<client> <seconds> <counts from> <told>`. A client has no white space, so the fields
// part it. It has at most 27 bytes beside the client: see what the attachment of a WebSocket has room for. Keeps WT6 and WT26.

import type { RememberedSilence } from "./silences.ts";

const NOTHING = "-";
const TOLD = "t";

export function formatWatch(key: string, silence: RememberedSilence | undefined): string {
  if (silence === undefined) return key;
  const { seconds, countsFromMillis, isTold } = silence;
  return [key, seconds, countsFromMillis ?? NOTHING, ...(isTold ? [TOLD] : [])].join(" ");
}

export function readWatch(text: string): { readonly key: string; readonly silence: RememberedSilence | undefined } {
  const [key = "", seconds, from, told] = text.split(" ");
  if (seconds === undefined) return { key, silence: undefined };
  const countsFromMillis = from === NOTHING ? undefined : Number(from);
  return { key, silence: { seconds: Number(seconds), countsFromMillis, isTold: told === TOLD } };
}
