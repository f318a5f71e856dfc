// WHATSAT <client> <radius> <items>: asks which places are within so many kilometres of a client.
//
// The answer is the client's AT line and the places around it. A question about an unknown client is ignored, or refused
// if the connection asked for that. Keeps WA1 to WA3, WA7, AC4 and LI4.

import { mayAsk } from "../access/permissions.ts";
import { formatPlaces, PLACES_ITEMS_MAX } from "../protocol/places.ts";
import { CLIENT_BYTES_MAX, shownLine } from "../protocol/report.ts";
import { detachedText } from "../lib/detached-text.ts";
import { exceedsBytes } from "../lib/utf8.ts";
import { defineCommand, type Refused } from "./command.ts";

export interface Whatsat {
  readonly client: string;
  readonly radiusKm: number;
  readonly items: number;
}

const REASONS = [
  "WHATSAT takes a client, a radius and a number of items",
  "client too long",
  "radius must be more than 0 and at most 50",
  "items must be 1 to 20",
  "too many WHATSATs",
  "its token does not allow questions about this client",
] as const;

type Reason = (typeof REASONS)[number];

const RADIUS = /^\d+(?:\.\d+)?$/;
const RADIUS_KM_MAX = 50;
const ITEMS = /^\d+$/;

/** Parses the fields after `WHATSAT`. Never throws. */
export function parseWhatsat(fields: readonly string[]): Whatsat | Refused<Reason> {
  const [client, radius, items, ...rest] = fields;
  if (client === undefined || radius === undefined || items === undefined || rest.length > 0)
    return { refusal: "WHATSAT takes a client, a radius and a number of items" };
  if (exceedsBytes(client, CLIENT_BYTES_MAX)) return { refusal: "client too long" };
  // Compared as text: as a double, a radius with hundreds of zeros is 0, and 50.000000000000000001 is 50.
  if (!RADIUS.test(radius) || !/[1-9]/.test(radius) || isMoreThanMax(radius))
    return { refusal: "radius must be more than 0 and at most 50" };
  const count = ITEMS.test(items) ? Number(items) : 0;
  if (count < 1 || count > PLACES_ITEMS_MAX) return { refusal: "items must be 1 to 20" };
  // A radius that is less than any double becomes the least double: 0 is no radius.
  return { client, radiusKm: Math.max(Number(radius), Number.MIN_VALUE), items: count };
}

export const whatsat = defineCommand<Whatsat, Reason, "answered" | "unknown client">({
  name: "WHATSAT",
  fields: ["client", "radius", "items"],
  says: "what is within that many kilometres of the client?",
  answeredWith: "the `AT` line of the client, the places as JSON with at most that many results, and an empty line",
  reasons: REASONS,
  outcomes: ["answered", "unknown client"],
  parse: parseWhatsat,
  accessRefusalOf: ({ client }, permissions) =>
    mayAsk(permissions, client) ? undefined : "its token does not allow questions about this client",
  run({ client, radiusKm, items }, context) {
    if (!context.mayAskPlaces()) return context.refuse("too many WHATSATs");
    const report = context.showReport(client);
    if (report !== undefined)
      return context.askPlaces(report, radiusKm, items, (places) => {
        context.count("answered");
        return `${shownLine(report)}\n${formatPlaces(places, items)}\n\n`;
      });
    context.count("unknown client");
    const { connection, line, rejectsUnknown } = context;
    context.log({ event: "unknown client", connection, client, answer: rejectsUnknown ? "?" : "none" });
    if (rejectsUnknown) context.answer(detachedText(`? ${line}\n`));
  },
});

function isMoreThanMax(radius: string): boolean {
  const [whole, fraction = ""] = radius.split(".");
  return Number(whole) > RADIUS_KM_MAX || (Number(whole) === RADIUS_KM_MAX && !/^0*$/.test(fraction));
}
