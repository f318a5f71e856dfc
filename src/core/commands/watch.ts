// WATCH <client>, WATCH *: asks to be told, from now on, where a client is or where all clients are.
//
// The watch begins when the answer leaves, and the answer tells the report that is current at that time. Keeps WT1, WT2,
// WT7, WT9, WT14 and WT15.

import { detachedText } from "../lib/detached-text.ts";
import { shownLine } from "../protocol/report.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { defineCommand } from "./command.ts";
import { parseWatched, WATCHED_REASONS, watchRefusalOf, type Watched } from "./watched.ts";

const REASONS = {
  "WATCH takes a client or *": "syntax",
  "too many watches": "full",
  ...WATCHED_REASONS,
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

export const watch = defineCommand<Watched, Reason, "answered">({
  name: "WATCH",
  fields: ["client or *"],
  says: "tell me from now on where the client is, or where all clients are",
  answeredWith:
    "the line, and the `AT` line of the client if there is one; then each `AT` line that the server accepts",
  reasons: REASONS,
  outcomes: ["answered"],
  parse(fields) {
    const watched = parseWatched(fields);
    if (typeof watched === "object") return watched;
    return { refusal: watched === "client too long" ? watched : "WATCH takes a client or *" };
  },
  accessRefusalOf: watchRefusalOf,
  run({ client: named }, context) {
    if (!context.canPush) return context.refuse("a POST watches nobody");
    const client = detachedText(named);
    context.answer(() => {
      if (!context.hasRoomToWatch(client)) return context.refusal("too many watches");
      context.count("answered");
      const current = context.watch(client);
      return current === undefined ? `WATCH ${client}\n` : `WATCH ${client}\n${shownLine(current)}\n`;
    });
  },
});
