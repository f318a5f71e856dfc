// WATCH <client>, WATCH *: tell me from now on where a client is, or where all are.
//
// The watch begins when its answer leaves, so that the report in the answer is the one held at that time. Keeps WT1, WT2, WT7.

import { mayAsk, mayAskAll } from "../access/permissions.ts";
import { shownLine } from "../protocol/report.ts";
import { detachedText } from "../lib/detached-text.ts";
import { defineCommand } from "./command.ts";
import { EVERY_CLIENT, parseWatched, type Watched } from "./watched.ts";

const REASONS = [
  "WATCH takes a client or *",
  "client too long",
  "a POST watches nobody",
  "too many watches",
  "its token does not allow questions about this client",
  "its token does not allow questions about all clients",
] as const;

type Reason = (typeof REASONS)[number];

export const watch = defineCommand<Watched, Reason, "answered">({
  name: "WATCH",
  fields: ["client or *"],
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
      const held = context.watch(client);
      return held === undefined ? `WATCH ${client}\n` : `WATCH ${client}\n${shownLine(held)}\n`;
    });
  },
});

/** Who may watch: whoever may ask. */
export function watchRefusalOf({ client }: Watched, permissions: Parameters<typeof mayAsk>[0]) {
  if (client === EVERY_CLIENT)
    return mayAskAll(permissions) ? undefined : "its token does not allow questions about all clients";
  return mayAsk(permissions, client) ? undefined : "its token does not allow questions about this client";
}
