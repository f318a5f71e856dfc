// A caller's values as the fields of a command.
//
// Numbers become plain decimals without exponents. A server answers a wrong field with `? ` only. So what the protocol cannot
// say is refused here, or by the parser that servers use, with an error that names the value. Keeps CL1, CL5, CL11 and CL40.

import { EVERY_CLIENT } from "../core/commands/watched.ts";
import { fieldsOf } from "../core/protocol/line.ts";
import { exceedsBytes } from "../core/lib/utf8.ts";
import { CLIENT_BYTES_MAX } from "../core/protocol/report.ts";
import { HerdError } from "./errors.ts";

/** Degrees north and east. Or the protocol's own text, `±lat±lon`, which is sent unchanged. */
export type Location = { readonly latitude: number; readonly longitude: number } | string;

/** POSIX seconds, as a number or as the protocol's own text. Or a Date. Or "now": when the server hears it. */
export type Time = number | string | Date;

/** The ninth decimal of a degree is a tenth of a millimetre. */
const DECIMALS = 9;

/** In seconds this is the year 5138. The milliseconds of today are above it, so a larger number is a mistake. */
const SECONDS_MAX = 1e11;

export function formatLocation(location: Location): string {
  if (typeof location === "string") return location;
  if (typeof location !== "object" || location === null)
    throw new HerdError(
      "invalid",
      `Cannot use ${shown(location)} as a location: give latitude and longitude in degrees`,
    );
  return signed(location.latitude, "latitude") + signed(location.longitude, "longitude");
}

export function formatTime(time: Time): string {
  if (typeof time === "string") return time;
  if (typeof time !== "number" && !(time instanceof Date))
    throw new HerdError("invalid", `Cannot use ${shown(time)} as a time: give POSIX seconds or a Date`);
  if (typeof time === "number" && time > SECONDS_MAX)
    throw new HerdError(
      "invalid",
      `Cannot use ${time} as a time: a number is POSIX seconds; give a Date, or divide by 1000`,
    );
  const seconds = typeof time === "number" ? time : time.getTime() / 1000;
  if (!Number.isFinite(seconds) || seconds < 0)
    throw new HerdError("invalid", `Cannot use ${String(time)} as a time: a time must be POSIX seconds, 0 or more`);
  return seconds.toFixed(6);
}

/** The client's id. Throws HerdError "invalid" if the protocol cannot say it. */
export function checkedClient(client: string): string {
  if (typeof client !== "string")
    throw new HerdError("invalid", `Cannot use ${shown(client)} as a client: an id is a text`);
  if (exceedsBytes(client, CLIENT_BYTES_MAX))
    throw new HerdError(
      "invalid",
      `Cannot use ${JSON.stringify(`${client.slice(0, 40)}…`)} as a client: an id has at most ${CLIENT_BYTES_MAX} bytes`,
    );
  const [field, ...rest] = fieldsOf(client);
  if (field !== client || rest.length > 0 || client.includes("\n"))
    throw new HerdError(
      "invalid",
      `Cannot use ${JSON.stringify(client)} as a client: an id has one character or more, and no white space`,
    );
  // A WebSocket would replace it by another character, and the answer would be about another client.
  if (!client.isWellFormed())
    throw new HerdError("invalid", `Cannot use ${JSON.stringify(client)} as a client: it has half a surrogate pair`);
  return client;
}

/** The seconds of a silence. Which are too many only the server knows. */
export function checkedSilence(client: string, silentSeconds: number | undefined): number | undefined {
  if (silentSeconds === undefined) return undefined;
  if (!Number.isSafeInteger(silentSeconds) || silentSeconds < 1)
    throw new HerdError(
      "invalid",
      `Cannot use ${shown(silentSeconds)} as silentSeconds: give a whole number, 1 or more`,
    );
  if (client === EVERY_CLIENT)
    throw new HerdError("invalid", `Cannot wait for a silence of ${EVERY_CLIENT}: a silence is of one client`);
  return silentSeconds;
}

export function checkedItems(items: number): number {
  if (typeof items !== "number") throw new HerdError("invalid", `Cannot use ${shown(items)} as items: give a number`);
  return items;
}

export function decimal(value: number, name: string): string {
  if (typeof value !== "number" || !Number.isFinite(value))
    throw new HerdError("invalid", `Cannot use ${shown(value)} as ${name}: it must be a finite number`);
  return value.toFixed(DECIMALS).replace(/\.?0+$/, "");
}

function signed(degrees: number, name: string): string {
  return (degrees < 0 ? "-" : "+") + decimal(Math.abs(degrees), name);
}

/** Any value in an error. A program without types may pass anything. */
export function shown(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  return value === null || ["number", "bigint", "boolean", "undefined"].includes(typeof value)
    ? String(value)
    : `${typeof value === "object" ? "an" : "a"} ${typeof value}`;
}
