// A location as people write it, and as maps give it to the clipboard, in the protocol's form `±lat±lon`.
//
// The protocol's own form passes as it is, and nothing else is made of it: `+0040-00030` stays wrong. Decimal degrees keep their
// digits. Degrees, minutes and seconds need the letters of their directions, because without these they can be read in two ways.
// Keeps HC42.

// The package has no types, and a file that declares those of a package cannot be imported.
// oxlint-disable-next-line typescript/triple-slash-reference
/// <reference path="./mapbox-sexagesimal.d.ts" />

import { pair } from "@mapbox/sexagesimal";
import { InvalidArgumentError } from "commander";
import { locationProblem } from "../../core/protocol/location.ts";
import { unguarded } from "./guarded-arguments.ts";

/** The ninth decimal of a degree is a tenth of a millimetre. */
const DECIMALS = 9;

const PROTOCOL = /^[+-][\d.]+[+-][\d.]+$/;

/** `34.07, -118.44`, `34.07 -118.44`, `(34.07; -118.44)`, `34.07° -118.44°`. */
const DECIMAL = /^\(?([+-]?)(\d+(?:\.\d+)?)°?(?:\s*[,;]\s*|\s+)([+-]?)(\d+(?:\.\d+)?)°?\)?$/;

/** RFC 5870: what phones share. */
const GEO_URI = /^geo:([^;?]+)/i;

/** Two numbers, each with a letter. A number has one point at most. */
const WITH_LETTERS = /^(?!.*\d\.\d*\.)(?=[^NS]*[NS][^NS]*$)(?=[^EW]*[EW][^EW]*$)[^+]*$/i;

/** The protocol's text. Throws an error for commander that says how locations are written. */
export function asLocation(argument: string): string {
  const typed = unguarded(argument).trim();
  const location = inProtocolForm(typed);
  const problem = location === undefined ? "location is not ±lat±lon" : locationProblem(location);
  if (location !== undefined && problem === undefined) return location;
  throw new InvalidArgumentError(
    `Give degrees, such as +34.07-118.45 or "34.07, -118.45" or "34.07N 118.45W": the ${problem}.`,
  );
}

/** `undefined` if this is no location in any form. It may be out of range. */
export function inProtocolForm(typed: string): string | undefined {
  const text = (GEO_URI.exec(typed)?.[1] ?? typed).replaceAll("\u2212", "-");
  if (PROTOCOL.test(text)) return text;
  const [, latitudeSign = "", latitude, longitudeSign = "", longitude] = DECIMAL.exec(text) ?? [];
  if (latitude !== undefined && longitude !== undefined)
    return `${latitudeSign || "+"}${latitude}${longitudeSign || "+"}${longitude}`;
  const degrees = WITH_LETTERS.test(text) ? pair(text) : null;
  return degrees === null ? undefined : degrees.map(signed).join("");
}

function signed(degrees: number): string {
  const digits = Math.abs(degrees)
    .toFixed(DECIMALS)
    .replace(/\.?0+$/, "");
  return `${degrees < 0 ? "-" : "+"}${digits}`;
}
