// Times: POSIX seconds as an exact decimal. Keeps RP3, RP4 and the arithmetic of RP5.
//
// One double cannot hold today's time to the nanosecond. Two can: one for the seconds, one for the nanoseconds. Times are
// compared by their *order keys*: texts that sort, byte by byte, as the times do. The guard in memory and the guard inside an
// SQL statement use the same key.

/** Most bytes of a time. All its characters are ASCII. */
const TIME_BYTES_MAX = 32;

export const NANOSECONDS_PER_SECOND = 1_000_000_000n;
export const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

const SYNTAX = /^(\d+)(?:\.(\d{1,9}))?$/;

/** A time without zeros to leave out, as nearly all are. */
const PLAIN = /^[1-9]\d*(?:\.\d{0,8}[1-9])?$/;

/**
 * The order key of a time, or `undefined` if the text is not a time.
 *
 * It begins with the number of digits before the point, as one letter: more digits are a later time. Those digits follow
 * without leading zeros, then the fraction without trailing zeros. So `5`, `05` and `5.0` have the same key, and keys compare
 * with `<`.
 */
export function timeKeyOf(text: string): string | undefined {
  if (text.length > TIME_BYTES_MAX) return undefined;
  if (PLAIN.test(text)) return magnitudeOf(wholeDigitsOf(text)) + text;
  const match = SYNTAX.exec(text);
  if (match === null) return undefined;
  const [, whole = "", fraction = ""] = match;
  const digits = whole.replace(/^0+(?=\d)/, "");
  const decimals = fraction.replace(/0+$/, "");
  return magnitudeOf(digits.length) + (decimals === "" ? digits : `${digits}.${decimals}`);
}

function magnitudeOf(digits: number): string {
  return String.fromCharCode(0x40 + digits);
}

/** How many digits are before the point. */
function wholeDigitsOf(time: string): number {
  const point = time.indexOf(".");
  return point < 0 ? time.length : point;
}

/** Receive time minus claimed time, in seconds: a sign, digits, a point and nine digits. */
export function skewOf(receivedMillis: number, time: string): string {
  const claimed = safeInstantOf(time);
  if (claimed === undefined) return longSkewOf(receivedMillis, time);
  let seconds = Math.floor(receivedMillis / 1000) - claimed.seconds;
  let nanoseconds = (receivedMillis % 1000) * 1_000_000 - claimed.nanoseconds;
  const isNegative = seconds < 0 || (seconds === 0 && nanoseconds < 0);
  if (isNegative) [seconds, nanoseconds] = [-seconds, -nanoseconds];
  if (nanoseconds < 0) {
    seconds--;
    nanoseconds += 1_000_000_000;
  }
  return `${isNegative ? "-" : "+"}${seconds}.${String(1_000_000_000 + nanoseconds).slice(1)}`;
}

/** Whether a time is more than `seconds` ahead of the server's clock. */
export function isAhead(time: string, nowMillis: number, seconds: number): boolean {
  const limitMillis = nowMillis + seconds * 1000;
  const claimed = safeInstantOf(time);
  if (claimed === undefined) return nanosecondsOf(time) > BigInt(limitMillis) * NANOSECONDS_PER_MILLISECOND;
  const limitSeconds = Math.floor(limitMillis / 1000);
  if (claimed.seconds !== limitSeconds) return claimed.seconds > limitSeconds;
  return claimed.nanoseconds > (limitMillis % 1000) * 1_000_000;
}

/** With so many digits before the point, a double holds the number exactly, and also the sum of two such numbers. */
const SAFE_DIGITS_MAX = 15;

/** A time as two exact numbers; `undefined` if it is too large, as no time of our era is. Big integers cost ten times as much. */
function safeInstantOf(time: string): { readonly seconds: number; readonly nanoseconds: number } | undefined {
  const point = time.indexOf(".");
  if (point < 0) return time.length > SAFE_DIGITS_MAX ? undefined : { seconds: Number(time), nanoseconds: 0 };
  if (point > SAFE_DIGITS_MAX) return undefined;
  return { seconds: Number(time.slice(0, point)), nanoseconds: Number(time.slice(point + 1).padEnd(9, "0")) };
}

function longSkewOf(receivedMillis: number, time: string): string {
  const nanoseconds = BigInt(receivedMillis) * NANOSECONDS_PER_MILLISECOND - nanosecondsOf(time);
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  const fraction = (size % NANOSECONDS_PER_SECOND).toString().padStart(9, "0");
  return `${nanoseconds < 0n ? "-" : "+"}${size / NANOSECONDS_PER_SECOND}.${fraction}`;
}

export function nanosecondsOf(time: string): bigint {
  const point = time.indexOf(".");
  if (point < 0) return BigInt(time) * NANOSECONDS_PER_SECOND;
  return BigInt(time.slice(0, point) + time.slice(point + 1).padEnd(9, "0"));
}
