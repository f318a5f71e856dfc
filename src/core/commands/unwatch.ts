// UNWATCH <client>, UNWATCH *: ends a watch.
//
// The watch ends when the answer leaves. Keeps WT1, WT9, WT14 and WT15.

import { detachedText } from "../lib/detached-text.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { defineCommand } from "./command.ts";
import { parseWatched, WATCHED_REASONS, watchRefusalOf, type Watched } from "./watched.ts";

const REASONS = {
  "UNWATCH takes a client or *": "syntax",
  ...WATCHED_REASONS,
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

export const unwatch = defineCommand<Watched, Reason, "answered">({
  name: "UNWATCH",
  fields: ["client or *"],
  says: "end that watch",
  answeredWith: "the line",
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
