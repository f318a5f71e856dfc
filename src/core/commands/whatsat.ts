// WHATSAT <client> <radius> <items>: asks which places are within so many kilometres of a client.
//
// The answer is the client's AT line and the places around it. A question about an unknown client is ignored, or refused
// if the connection asked for that. Keeps WA1 to WA3, WA7, AC4, LI4 and LI27.

import { mayAsk } from "../access/permissions.ts";
import { formatPlaces, PLACES_ITEMS_MAX } from "../protocol/places.ts";
import { CLIENT_BYTES_MAX, shownLine } from "../protocol/report.ts";
import { exceedsBytes } from "../lib/utf8.ts";
import type { RefusalCode } from "../protocol/refusal.ts";
import { defineCommand, type Refused } from "./command.ts";

export interface Whatsat {
  readonly client: string;
  readonly radiusKm: number;
  readonly items: number;
}

const REASONS = {
  "WHATSAT takes a client, a radius and a number of items": "syntax",
  "client too long": "range",
  "radius is not a decimal number": "syntax",
  "radius must be more than 0 and at most 50": "range",
  "items is not a whole number": "syntax",
  "items must be 1 to 20": "range",
  "too many WHATSATs": "pace",
  "too many answers wait": "pace",
  "its token does not allow questions about this client": "forbidden",
} as const satisfies Record<string, RefusalCode>;

type Reason = keyof typeof REASONS;

/** When to say it again, where too many answers wait: they wait for places, which take about as long. */
const ANSWERS_WAIT_MILLIS = 1000;

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
  if (!RADIUS.test(radius)) return { refusal: "radius is not a decimal number" };
  if (!/[1-9]/.test(radius) || isMoreThanMax(radius)) return { refusal: "radius must be more than 0 and at most 50" };
  if (!ITEMS.test(items)) return { refusal: "items is not a whole number" };
  const count = Number(items);
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
    if (!context.hasRoomForPlaces(items)) return context.refuse("too many answers wait", ANSWERS_WAIT_MILLIS);
    const waitMillis = context.placesWaitMillis();
    if (waitMillis > 0) return context.refuse("too many WHATSATs", waitMillis);
    const report = context.showReport(client);
    if (report !== undefined)
      return context.askPlaces(report, radiusKm, items, (places) => {
        context.count("answered");
        return `${shownLine(report)}\n${formatPlaces(places, items)}\n\n`;
      });
    context.count("unknown client");
    const answer = context.unknownClientAnswer();
    const { connection } = context;
    context.log({ event: "unknown client", connection, client, answer: answer === undefined ? "none" : "?" });
    if (answer !== undefined) context.answer(answer);
  },
});

function isMoreThanMax(radius: string): boolean {
  const [whole, fraction = ""] = radius.split(".");
  return Number(whole) > RADIUS_KM_MAX || (Number(whole) === RADIUS_KM_MAX && !/^0*$/.test(fraction));
}
