// What a client's line asks for, or why it asks for nothing.
//
// Parsing never throws and never looks anything up: a line is a command or a refusal with one of a closed list of reasons,
// which goes to the log beside the `? ` answer. Keeps LN3, LN4, RP1 to RP4, FL1, WA1 and WT1.

import { fieldsOf } from "../protocol/line.ts";
import { locationProblem, type LocationProblem } from "../protocol/location.ts";
import { PLACES_ITEMS_MAX } from "../protocol/places.ts";
import { CLIENT_BYTES_MAX } from "../protocol/report.ts";
import { isAhead, timeKeyOf } from "../protocol/time.ts";
import { exceedsBytes } from "../lib/utf8.ts";

/** What stands in place of a client for all of them, in a WATCH. */
export const EVERY_CLIENT = "*";

export type Command =
  | {
      readonly name: "IAMAT";
      readonly client: string;
      readonly location: string;
      readonly time: string;
      readonly timeKey: string;
    }
  | { readonly name: "WHATSAT"; readonly client: string; readonly radiusKm: number; readonly items: number }
  /** The client may be `*`, for all of them. */
  | { readonly name: "WATCH" | "UNWATCH"; readonly client: string };

export type Refusal =
  | "unknown command"
  | "AT is for servers"
  | "IAMAT takes a client, a location and a time"
  | "WHATSAT takes a client, a radius and a number of items"
  | "WATCH takes a client or *"
  | "UNWATCH takes a client or *"
  | "client too long"
  | LocationProblem
  | "time is not POSIX seconds"
  | "time too far ahead"
  | "radius is not more than 0 and at most 50"
  | "items is not 1 to 20";

export type Parsed = Command | { readonly refusal: Refusal };

const RADIUS = /^\d+(?:\.\d+)?$/;
const RADIUS_KM_MAX = 50;
const ITEMS = /^\d+$/;

/** Parses a client's line; `undefined` is an empty line. Units of `futureSeconds`: seconds ahead of `nowMillis`. */
export function parseCommand(line: string, nowMillis: number, futureSeconds: number): Parsed | undefined {
  const fields = fieldsOf(line);
  switch (fields[0]) {
    case undefined:
      return undefined;
    case "IAMAT":
      return parseIamat(fields, nowMillis, futureSeconds);
    case "WHATSAT":
      return parseWhatsat(fields);
    case "WATCH":
      return parseWatch("WATCH", fields);
    case "UNWATCH":
      return parseWatch("UNWATCH", fields);
    case "AT":
      return { refusal: "AT is for servers" };
    default:
      return { refusal: "unknown command" };
  }
}

function parseIamat(fields: readonly string[], nowMillis: number, futureSeconds: number): Parsed {
  const [, client, location, time] = fields;
  if (fields.length !== 4 || client === undefined || location === undefined || time === undefined)
    return { refusal: "IAMAT takes a client, a location and a time" };
  if (exceedsBytes(client, CLIENT_BYTES_MAX)) return { refusal: "client too long" };
  const problem = locationProblem(location);
  if (problem !== undefined) return { refusal: problem };
  const timeKey = timeKeyOf(time);
  if (timeKey === undefined) return { refusal: "time is not POSIX seconds" };
  if (isAhead(time, nowMillis, futureSeconds)) return { refusal: "time too far ahead" };
  return { name: "IAMAT", client, location, time, timeKey };
}

function parseWhatsat(fields: readonly string[]): Parsed {
  const [, client, radius, items] = fields;
  if (fields.length !== 4 || client === undefined || radius === undefined || items === undefined)
    return { refusal: "WHATSAT takes a client, a radius and a number of items" };
  if (exceedsBytes(client, CLIENT_BYTES_MAX)) return { refusal: "client too long" };
  // Judged as text: a double makes nothing of a radius with hundreds of zeros, and 50 of 50.000000000000000001.
  if (!RADIUS.test(radius) || !/[1-9]/.test(radius) || isMoreThanMax(radius))
    return { refusal: "radius is not more than 0 and at most 50" };
  const count = ITEMS.test(items) ? Number(items) : 0;
  if (count < 1 || count > PLACES_ITEMS_MAX) return { refusal: "items is not 1 to 20" };
  // Of a radius that is less than any double the least one stands for it, as 0 is no radius.
  return { name: "WHATSAT", client, radiusKm: Math.max(Number(radius), Number.MIN_VALUE), items: count };
}

function parseWatch(name: "WATCH" | "UNWATCH", fields: readonly string[]): Parsed {
  const [, client] = fields;
  if (fields.length !== 2 || client === undefined) return { refusal: `${name} takes a client or *` };
  return exceedsBytes(client, CLIENT_BYTES_MAX) ? { refusal: "client too long" } : { name, client };
}

function isMoreThanMax(radius: string): boolean {
  const [whole, fraction = ""] = radius.split(".");
  return Number(whole) > RADIUS_KM_MAX || (Number(whole) === RADIUS_KM_MAX && !/^0*$/.test(fraction));
}
