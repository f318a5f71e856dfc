// WHATSAT <client> <radius> <items>: what is within so many kilometres of a client?
//
// The answer is the AT line held of the client, and the places round it. A client that is not known is ignored, or refused
// where the connection asked for that. Keeps WA1 to WA3, AC4 and LI4.

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
  "radius is not more than 0 and at most 50",
  "items is not 1 to 20",
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
  // Judged as text: a double makes nothing of a radius with hundreds of zeros, and 50 of 50.000000000000000001.
  if (!RADIUS.test(radius) || !/[1-9]/.test(radius) || isMoreThanMax(radius))
    return { refusal: "radius is not more than 0 and at most 50" };
  const count = ITEMS.test(items) ? Number(items) : 0;
  if (count < 1 || count > PLACES_ITEMS_MAX) return { refusal: "items is not 1 to 20" };
  // The least double stands for a radius that is less than any double, as 0 is no radius.
  return { client, radiusKm: Math.max(Number(radius), Number.MIN_VALUE), items: count };
}

export const whatsat = defineCommand<Whatsat, Reason, "answered" | "unknown client">({
  name: "WHATSAT",
  fields: ["client", "radius", "items"],
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
