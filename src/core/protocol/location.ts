// Locations: ISO 6709 decimal degrees, `±lat±lon`. Keeps RP2 and RP12.
//
// That standard reads more than two digits of latitude, or three of longitude, as degrees with minutes: `+0040-00030` is 40 minutes
// north. So a client may not write degrees in that way. Servers pass such locations on, because an earlier version took them.
//
// A location is kept and passed on as the text that the client sent. It becomes numbers only where places are asked for.

/** Most bytes of a location. All its characters are ASCII. */
const LOCATION_BYTES_MAX = 64;

export type LocationProblem = "location is not ±lat±lon" | "location is out of range" | "location too long";

const SYNTAX = /^[+-]\d{1,2}(?:\.\d+)?[+-]\d{1,3}(?:\.\d+)?$/;

const LATITUDE = /[+-]0*(?:[0-8]?\d(?:\.\d+)?|90(?:\.0+)?)/;
const LONGITUDE = /[+-]0*(?:(?:1[0-7]|\d)?\d(?:\.\d+)?|180(?:\.0+)?)/;
const IN_RANGE = new RegExp(`^${LATITUDE.source}${LONGITUDE.source}$`);

/** Why the text is not a location; `undefined` if it is one. The check is exact: a latitude of 90.00…01 is out of range. */
export function locationProblem(text: string): LocationProblem | undefined {
  if (text.length > LOCATION_BYTES_MAX) return "location too long";
  if (!SYNTAX.test(text)) return "location is not ±lat±lon";
  return IN_RANGE.test(text) ? undefined : "location is out of range";
}

/** Whether an AT may have this location: also with more zeros before the degrees. */
export function isPassedOn(text: string): boolean {
  return text.length <= LOCATION_BYTES_MAX && IN_RANGE.test(text);
}

/** Degrees north and east of a valid location. */
export function degreesOf(location: string): { readonly latitude: number; readonly longitude: number } {
  const border = Math.max(location.lastIndexOf("+"), location.lastIndexOf("-"));
  return { latitude: Number(location.slice(0, border)), longitude: Number(location.slice(border)) };
}
