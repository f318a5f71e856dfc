// UNWATCH <client>, UNWATCH *: no more of that watch. Keeps WT1 and WT7.

import { detachedText } from "../lib/detached-text.ts";
import { defineCommand } from "./command.ts";
import { watchRefusalOf } from "./watch.ts";
import { parseWatched, type Watched } from "./watched.ts";

const REASONS = [
  "UNWATCH takes a client or *",
  "client too long",
  "a POST watches nobody",
  "its token does not allow questions about this client",
  "its token does not allow questions about all clients",
] as const;

type Reason = (typeof REASONS)[number];

export const unwatch = defineCommand<Watched, Reason, "answered">({
  name: "UNWATCH",
  fields: ["client or *"],
  reasons: REASONS,
  outcomes: ["answered"],
  parse(fields) {
    const watched = parseWatched(fields);
    if (typeof watched === "object") return watched;
    return { refusal: watched === "client too long" ? watched : "UNWATCH takes a client or *" };
  },
  accessRefusalOf: watchRefusalOf,
  run({ client: named }, context) {
    if (!context.canPush) return context.refuse("a POST watches nobody");
    const client = detachedText(named);
    context.answer(() => {
      context.count("answered");
      context.unwatch(client);
      return `UNWATCH ${client}\n`;
    });
  },
});
