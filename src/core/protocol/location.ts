// Locations: ISO 6709 decimal degrees, `±lat±lon`. Keeps RP2.
//
// A location is kept and passed on as the text that the client sent. It becomes numbers only where places are asked for.

/** Most bytes of a location. All its characters are ASCII. */
const LOCATION_BYTES_MAX = 64;

export type LocationProblem = "location is not ±lat±lon" | "location is out of range" | "location too long";

const SYNTAX = /^[+-]\d+(?:\.\d+)?[+-]\d+(?:\.\d+)?$/;

const LATITUDE = /[+-]0*(?:[0-8]?\d(?:\.\d+)?|90(?:\.0+)?)/;
const LONGITUDE = /[+-]0*(?:(?:1[0-7]|\d)?\d(?:\.\d+)?|180(?:\.0+)?)/;
const IN_RANGE = new RegExp(`^${LATITUDE.source}${LONGITUDE.source}$`);

/** Why the text is not a location; `undefined` if it is one. The check is exact: a latitude of 90.00…01 is out of range. */
export function locationProblem(text: string): LocationProblem | undefined {
  if (text.length > LOCATION_BYTES_MAX) return "location too long";
  if (IN_RANGE.test(text)) return undefined;
  return SYNTAX.test(text) ? "location is out of range" : "location is not ±lat±lon";
}

/** Degrees north and east of a valid location. */
export function degreesOf(location: string): { readonly latitude: number; readonly longitude: number } {
  const border = Math.max(location.lastIndexOf("+"), location.lastIndexOf("-"));
  return { latitude: Number(location.slice(0, border)), longitude: Number(location.slice(border)) };
}
