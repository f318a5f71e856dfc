// What a caller says, as the fields of a command.
//
// Numbers become plain decimals, never exponents. What the protocol could not say is refused here or by the parser that the
// servers use, so that the error says what is wrong with which value: a server only answers `? `. Keeps CL5.

import { fieldsOf } from "../core/protocol/line.ts";
import { HerdError } from "./errors.ts";

/** Degrees north and east; or the protocol's own text, `±lat±lon`, which is kept as it is. */
export type Location = { readonly latitude: number; readonly longitude: number } | string;

/** POSIX seconds, as a number or as the protocol's own text; or a Date. */
export type Time = number | string | Date;

/** Nine decimals of a degree are a tenth of a millimetre. */
const DECIMALS = 9;

/** Seconds that a number cannot mean: those of the year 5138. Milliseconds of today are beyond. */
const SECONDS_MAX = 1e11;

export function formatLocation(location: Location): string {
  if (typeof location === "string") return location;
  return signed(location.latitude, "latitude") + signed(location.longitude, "longitude");
}

export function formatTime(time: Time): string {
  if (typeof time === "string") return time;
  if (typeof time === "number" && time > SECONDS_MAX)
    throw new HerdError(
      "invalid",
      `Cannot use ${time} as a time: a number is POSIX seconds; give a Date, or divide by 1000`,
    );
  const seconds = typeof time === "number" ? time : time.getTime() / 1000;
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new HerdError("invalid", `Cannot use ${String(time)} as a time: it is POSIX seconds, 0 or more`);
  return seconds.toFixed(6);
}

/** The id, if one can be said. */
export function checkedClient(client: string): string {
  const [field, ...rest] = fieldsOf(client);
  if (field !== client || rest.length > 0 || client.includes("\n"))
    throw new HerdError(
      "invalid",
      `Cannot use ${JSON.stringify(client)} as a client: it has one character or more, and no white space`,
    );
  // A WebSocket would send another character in its place, and the answer would be about another client.
  if (!client.isWellFormed())
    throw new HerdError("invalid", `Cannot use ${JSON.stringify(client)} as a client: it has half a surrogate pair`);
  return client;
}

export function decimal(value: number, name: string): string {
  if (!Number.isFinite(value)) throw new HerdError("invalid", `Cannot use ${value} as ${name}: it is a number`);
  return value.toFixed(DECIMALS).replace(/\.?0+$/, "");
}

function signed(degrees: number, name: string): string {
  return (degrees < 0 ? "-" : "+") + decimal(Math.abs(degrees), name);
}
