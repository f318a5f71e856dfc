// WATCH <client>, WATCH *: asks to be told, from now on, where a client is or where all clients are. WATCH <client> <seconds>: asks
// to be told of its silence too.
//
// The watch begins when the answer leaves, and the answer tells the report that is current at that time. Keeps WT1, WT2,
// WT7, WT9, WT14, WT15, WT18 and WT24.

import { detachedText } from "../lib/detached-text.ts";
import { shownLine } from "../protocol/report.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { defineCommand, type ParseContext, type Refused } from "./command.ts";
import { EVERY_CLIENT, parseWatched, WATCHED_REASONS, watchRefusalOf, type Watched } from "./watched.ts";

export interface Watch extends Watched {
  readonly silenceSeconds: number | undefined;
}

const REASONS = {
  "WATCH takes a client or *, and seconds for a client": "syntax",
  "seconds are not a whole number": "syntax",
  "seconds must be 1 to limits.silenceSecondsMax": "range",
  "a silence is of one client": "syntax",
  "too many watches": "full",
  ...WATCHED_REASONS,
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

/** No sign, no exponent, no zero before other digits: what is copied back is what is meant. */
const SECONDS = /^(?:0|[1-9]\d*)$/;

/** Parses the fields after `WATCH`. Never throws. */
export function parseWatch(
  fields: readonly string[],
  { silenceSecondsMax }: Pick<ParseContext, "silenceSecondsMax">,
): Watch | Refused<Reason> {
  const watched = parseWatched(fields.slice(0, 1));
  const [, seconds, ...rest] = fields;
  if (watched === "not one field" || rest.length > 0)
    return { refusal: "WATCH takes a client or *, and seconds for a client" };
  if (watched === "client too long") return { refusal: watched };
  if (seconds === undefined) return { ...watched, silenceSeconds: undefined };
  if (watched.client === EVERY_CLIENT) return { refusal: "a silence is of one client" };
  if (!SECONDS.test(seconds)) return { refusal: "seconds are not a whole number" };
  const silenceSeconds = Number(seconds);
  if (silenceSeconds < 1 || silenceSeconds > silenceSecondsMax)
    return { refusal: "seconds must be 1 to limits.silenceSecondsMax" };
  return { ...watched, silenceSeconds };
}

export const watch = defineCommand<Watch, Reason, "answered">({
  name: "WATCH",
  fields: ["client or *"],
  option: "seconds",
  says: "tell me from now on where the client is, or where all clients are; with seconds, also when the client was silent for so long",
  answeredWith:
    "the line, and the `AT` line of the client if there is one; then each `AT` line that the server accepts, `FORGOT <client> <time>`, and `SILENT <client> <time>`",
  reasons: REASONS,
  outcomes: ["answered"],
  parse: parseWatch,
  accessRefusalOf: watchRefusalOf,
  run({ client: named, silenceSeconds }, context) {
    if (!context.canPush) return context.refuse("a POST watches nobody");
    const client = detachedText(named);
    context.answer(() => {
      if (!context.hasRoomToWatch(client)) return context.refusal("too many watches");
      context.count("answered");
      const current = context.watch(client, silenceSeconds);
      const answer = silenceSeconds === undefined ? `WATCH ${client}\n` : `WATCH ${client} ${silenceSeconds}\n`;
      return current === undefined ? answer : `${answer}${shownLine(current)}\n`;
    });
  },
});
