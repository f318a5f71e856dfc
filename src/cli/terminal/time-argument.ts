// A time as people write it, in the protocol's form, POSIX seconds: an ISO 8601 date and time, with its decimals kept.
//
// Without a zone it is this machine's time of day. Keeps HC42 and HC62.

import { InvalidArgumentError } from "commander";
import { NOW } from "../../core/protocol/stamp.ts";
import { timeKeyOf } from "../../core/protocol/time.ts";

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d\d(?::?\d\d)?)?$/i;

const ADVICE = "Give POSIX seconds, such as 1400794645.392014450, or a time such as 2026-11-22T10:00:00Z.";

/** POSIX seconds as the protocol writes them. Throws an error for commander that says how times are written. */
export function asTime(text: string): string {
  if (timeKeyOf(text) !== undefined) return text;
  const time = posixOf(text.trim());
  if (time === undefined || time.startsWith("-")) throw new InvalidArgumentError(ADVICE);
  return time;
}

/** The same, or `now`, which the herd understands. */
export function asReportTime(text: string): string {
  if (text === NOW) return text;
  try {
    return asTime(text);
  } catch {
    throw new InvalidArgumentError(`${ADVICE} Or give now: the server's own time.`);
  }
}

/** The time in whole milliseconds of ISO's form in UTC. */
export function asIsoTime(text: string): string {
  return new Date(Math.floor(Number(asTime(text)) * 1000)).toISOString();
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration such as `90s`, `15m` or `1h`; without a unit they are seconds. */
export function asSeconds(text: string): number {
  const seconds = secondsOf(text);
  if (seconds === undefined) throw new InvalidArgumentError("Give a number and s, m, h or d, such as 30s.");
  return seconds;
}

/** A time, or how long ago it was, as ISO writes it. */
export function asSince(text: string): string {
  const seconds = secondsOf(text);
  if (seconds !== undefined && !/^\d{10,}/.test(text)) return new Date(Date.now() - seconds * 1000).toISOString();
  try {
    return asIsoTime(text);
  } catch {
    throw new InvalidArgumentError("Give how long ago, such as 10m, or a time such as 2026-11-22T10:00:00Z.");
  }
}

function secondsOf(text: string): number | undefined {
  const [, value = "", unit = "s"] = /^(\d+(?:\.\d+)?)([smhd])?$/.exec(text) ?? [];
  const seconds = Number(value) * (UNIT_SECONDS[unit] ?? 0);
  return value !== "" && seconds > 0 && Number.isFinite(seconds) ? seconds : undefined;
}

/** `undefined` if the text is no ISO time, or names a day or an hour that does not exist. */
function posixOf(text: string): string | undefined {
  const [whole, year, month, day, hour = "00", minute = "00", second = "00", fraction, zone] = ISO.exec(text) ?? [];
  if (whole === undefined || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return undefined;
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return undefined;
  const millis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${isoZone(zone)}`);
  return Number.isNaN(millis) ? undefined : `${millis / 1000}${fraction === undefined ? "" : `.${fraction}`}`;
}

/** `+02`, `+0200` and `z` in the form that every engine reads. */
function isoZone(zone = ""): string {
  const [, sign, hours, minutes = "00"] = /^([+-])(\d\d):?(\d\d)?$/.exec(zone) ?? [];
  return sign === undefined ? zone.toUpperCase() : `${sign}${hours}:${minutes}`;
}
