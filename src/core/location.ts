// Locations: ISO 6709 decimal degrees, `±lat±lon`. Keeps RP2.
//
// A location travels as the text that the client sent; the numbers are made only where places are asked for.

/** Bytes of a location at most; all of its characters are ASCII. */
const LOCATION_BYTES_MAX = 64;

export type LocationProblem = "location is not ±lat±lon" | "location is out of range" | "location too long";

const SYNTAX = /^[+-](\d+)(?:\.(\d+))?[+-](\d+)(?:\.(\d+))?$/;

/** What is wrong with the text as a location, or `undefined`. Exact: a latitude of 90.00…01 is out of range. */
export function locationProblem(text: string): LocationProblem | undefined {
  if (text.length > LOCATION_BYTES_MAX) return "location too long";
  const match = SYNTAX.exec(text);
  if (match === null) return "location is not ±lat±lon";
  const [, latitude, latitudeFraction, longitude, longitudeFraction] = match;
  const isInRange = isAtMost(90, latitude, latitudeFraction) && isAtMost(180, longitude, longitudeFraction);
  return isInRange ? undefined : "location is out of range";
}

/** Degrees north and east of a location that has no problem. */
export function degreesOf(location: string): { readonly latitude: number; readonly longitude: number } {
  const border = Math.max(location.lastIndexOf("+"), location.lastIndexOf("-"));
  return { latitude: Number(location.slice(0, border)), longitude: Number(location.slice(border)) };
}

function isAtMost(limit: number, whole = "", fraction = ""): boolean {
  const degrees = Number(whole);
  return degrees < limit || (degrees === limit && /^0*$/.test(fraction));
}
