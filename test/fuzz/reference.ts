// What a line means, read a second time: the oracle that the core's parsers are judged by.
//
// Written from SPEC.md alone (LN2, LN6, LN12, LN13, RP1 to RP5, RP14, RP17, WA1, WT1, WT18), a character at a time and in big integers, where the core has
// patterns and doubles. It shares no code with the core; it is slow, and plain.

import { isUtf8 } from "node:buffer";

/** A line, or what is copied back of one that cannot be a command: text, or bytes. */
export type ReadLine = string | { readonly echo: string | Uint8Array; readonly code: "range" | "syntax" };

/** `kind` is the name of the command, if the line is one. `codes`: each may be the reason of the refusal. */
export type Meaning =
  | { readonly kind: "nothing" }
  | { readonly kind: "invalid"; readonly codes: readonly string[] }
  /** `time`: `undefined` if the server stamps it. */
  | { readonly kind: "IAMAT"; readonly client: string; readonly location: string; readonly time: string | undefined }
  | { readonly kind: "WHATSAT"; readonly client: string; readonly items: number }
  | { readonly kind: "WATCH"; readonly client: string; readonly seconds: number | undefined }
  | { readonly kind: "UNWATCH" | "FORGET"; readonly client: string };

/** How far ahead a time may be, and how long a silence of a WATCH. */
export interface ReferenceLimits {
  readonly futureSeconds: number;
  readonly silenceSecondsMax: number;
}

export interface ReadReport {
  readonly client: string;
  readonly nanoseconds: bigint;
  /** When it was heard: its time plus its skew. */
  readonly heard: bigint;
  /** When its client was forgotten, if it says so (FG4). */
  readonly forgot: bigint | undefined;
  readonly line: string;
}

const LF = 10;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
const NANOSECONDS_PER_SECOND = 1_000_000_000n;

/** The lines of a message or stream that is all there. */
export function readLines(data: string | Uint8Array, lineBytes: number): ReadLine[] {
  if (typeof data === "string") return data.split("\n").map((line) => readLine(Buffer.from(line), line, lineBytes));
  const lines: ReadLine[] = [];
  const bytes = Buffer.from(data);
  for (let start = 0, end = 0; end < bytes.length; start = end + 1) {
    const lf = bytes.indexOf(LF, start);
    end = lf < 0 ? bytes.length : lf;
    const line = bytes.subarray(start, end);
    lines.push(readLine(line, isUtf8(line) ? line.toString() : undefined, lineBytes));
  }
  return lines;
}

function readLine(bytes: Buffer, text: string | undefined, lineBytes: number): ReadLine {
  if (bytes.length > lineBytes) return { echo: cutTo(bytes, lineBytes), code: "range" };
  return text ?? { echo: bytes, code: "syntax" };
}

/** The first bytes of a line that is longer, without a character that the cut would split. */
function cutTo(bytes: Buffer, lineBytes: number): string | Uint8Array {
  const head = bytes.subarray(0, lineBytes);
  if (isUtf8(head)) return head.toString();
  for (let split = 1; split <= 3; split++) {
    const whole = bytes.subarray(0, lineBytes - split);
    const rest = bytes.subarray(lineBytes - split, lineBytes + 1);
    if (isSplit(rest) && isUtf8(whole)) return whole.toString();
  }
  return head;
}

/** Whether these bytes, of which the cut takes the last one away, begin one character. */
function isSplit(bytes: Uint8Array): boolean {
  const [lead = 0, ...others] = bytes;
  const length =
    lead >= 0xc0 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf8 ? 4 : 1;
  return bytes.length <= length && others.every((byte) => byte >= 0x80 && byte < 0xc0);
}

export function readFields(line: string): string[] {
  const fields: string[] = [];
  let start = 0;
  for (let index = 0; index <= line.length; index++) {
    if (index < line.length && !isSpace(line.charCodeAt(index))) continue;
    if (index > start) fields.push(line.slice(start, index));
    start = index + 1;
  }
  return fields;
}

/** Space, tab, CR, FF, VT. */
function isSpace(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0d || unit === 0x0c || unit === 0x0b;
}

/** `pastSeconds`: on a connection with `?clock=server`, how far behind `nowMillis` a time may be before the server stamps it. */
export function meaningOf(
  line: string,
  nowMillis: number,
  { futureSeconds, silenceSecondsMax }: ReferenceLimits,
  pastSeconds?: number,
): Meaning {
  const [command, client = "", third = "", fourth = "", ...others] = readFields(line);
  if (command === undefined) return { kind: "nothing" };
  if (command === "UNWATCH") {
    if (client === "" || third !== "") return invalid("syntax");
    return Buffer.byteLength(client) <= 256 ? { kind: command, client } : invalid("range");
  }
  if (command === "FORGET") {
    if (client === "" || third !== "") return invalid("syntax");
    if (Buffer.byteLength(client) > 256) return invalid("range");
    return client === "*" ? invalid("syntax") : { kind: command, client };
  }
  if (command === "WATCH") {
    if (client === "" || fourth !== "") return invalid("syntax");
    if (Buffer.byteLength(client) > 256) return invalid("range");
    if (third === "") return { kind: command, client, seconds: undefined };
    if (client === "*" || !areDigits(third) || (third.length > 1 && third.startsWith("0"))) return invalid("syntax");
    const isInRange = BigInt(third) >= 1n && BigInt(third) <= BigInt(silenceSecondsMax);
    return isInRange ? { kind: command, client, seconds: Number(third) } : invalid("range");
  }
  const isIamat = command === "IAMAT";
  if ((!isIamat && command !== "WHATSAT") || fourth === "" || others.length > 0) return invalid("syntax");
  if (Buffer.byteLength(client) > 256) return invalid("range");
  if (isIamat) {
    const nanoseconds = nanosecondsOf(fourth);
    const latestMillis = BigInt(nowMillis) + BigInt(futureSeconds) * 1000n;
    if (client === "*") return invalid("syntax");
    if (!isLocation(third) || hasMinutes(third)) return invalid("syntax", "range");
    if (fourth === "now") return { kind: "IAMAT", client, location: third, time: undefined };
    if (nanoseconds === undefined) return invalid("syntax");
    const isTooFarAhead = nanoseconds > latestMillis * NANOSECONDS_PER_MILLISECOND;
    if (pastSeconds === undefined && isTooFarAhead) return invalid("clock");
    const earliestMillis = BigInt(nowMillis) - BigInt(pastSeconds ?? 0) * 1000n;
    const isTooFarBehind = nanoseconds < earliestMillis * NANOSECONDS_PER_MILLISECOND;
    if (pastSeconds !== undefined && (isTooFarAhead || isTooFarBehind))
      return { kind: "IAMAT", client, location: third, time: undefined };
    return { kind: "IAMAT", client, location: third, time: fourth };
  }
  if (decimalOf(third) === undefined) return invalid("syntax");
  if (!isPositive(third) || !isAtMost(third, 50n)) return invalid("range");
  if (!areDigits(fourth)) return invalid("syntax");
  const items = BigInt(fourth);
  if (items < 1n || items > 20n) return invalid("range");
  return { kind: "WHATSAT", client, items: Number(items) };
}

function invalid(...codes: readonly string[]): Meaning {
  return { kind: "invalid", codes };
}

/** The answer to a line that cannot be a command: `? ` or `?`, a code and a space; what is copied back; LF. */
export function refusalOf(echo: string | Uint8Array, code = ""): string | Uint8Array {
  const start = `?${code} `;
  return typeof echo === "string" ? `${start}${echo}\n` : Buffer.concat([Buffer.from(start), echo, Buffer.from("\n")]);
}

function stampOf(nanoseconds: bigint): string {
  const digits = (nanoseconds % NANOSECONDS_PER_SECOND).toString().padStart(9, "0");
  return `${nanoseconds / NANOSECONDS_PER_SECOND}.${digits}`;
}

/** The AT line of an IAMAT that this server hears. A stamp may be some nanoseconds later (RP15). */
export function answerOf(server: string, nowMillis: number, command: Meaning & { kind: "IAMAT" }): ReadReport {
  const { client, location } = command;
  const received = BigInt(nowMillis) * NANOSECONDS_PER_MILLISECOND;
  const time = command.time ?? stampOf(received);
  const nanoseconds = nanosecondsOf(time) ?? 0n;
  const skew = received - nanoseconds;
  const size = skew < 0n ? -skew : skew;
  const digits = (size % NANOSECONDS_PER_SECOND).toString().padStart(9, "0");
  const text = `${skew < 0n ? "-" : "+"}${size / NANOSECONDS_PER_SECOND}.${digits}`;
  const line = ["AT", server, text, client, location, time].join(" ");
  return { client, nanoseconds, heard: received, forgot: undefined, line };
}

/** Positive if the first report supersedes the other one between servers: by its time, then by its bytes (RP6, RP11). */
export function compareReports(report: ReadReport, other: ReadReport): number {
  if (report.nanoseconds !== other.nanoseconds) return report.nanoseconds > other.nanoseconds ? 1 : -1;
  return Buffer.compare(Buffer.from(report.line), Buffer.from(other.line));
}

/** The report of an AT line, `undefined` if it is not one. */
export function readAt(line: string): ReadReport | undefined {
  const fields = readFields(line);
  const [command, server = "", skew = "", client = "", location = "", time = ""] = fields;
  if (command !== "AT" || fields.length < 6 || !areExtensions(fields.slice(6))) return undefined;
  const nanoseconds = nanosecondsOf(time);
  if (Buffer.byteLength(server) > 64 || Buffer.byteLength(client) > 256) return undefined;
  if (!isSkew(skew) || !isLocation(location) || nanoseconds === undefined) return undefined;
  const size = nanosecondsOfSkew(skew.slice(1));
  const heard = nanoseconds + (skew.startsWith("-") ? -size : size);
  const forgot = forgotOf(fields.slice(6));
  return { client, nanoseconds, heard: heard < 0n ? 0n : heard, forgot, line: fields.join(" ") };
}

/** Digits, a point and nine digits. */
function nanosecondsOfSkew(text: string): bigint {
  return BigInt(text.replace(".", ""));
}

function forgotOf(extensions: readonly string[]): bigint | undefined {
  const text = extensions.find((field) => field.startsWith("forgot="))?.slice("forgot=".length) ?? "";
  const { whole = "", fraction = "" } = decimalOf(text) ?? {};
  const isTime = fraction.length === 9 && whole.length <= 15 && (whole === "0" || (whole !== "" && whole[0] !== "0"));
  return isTime ? BigInt(whole + fraction) : undefined;
}

/** Whether all that is known of the client is that it was forgotten (FG4). */
export function isForgotten({ heard, forgot }: ReadReport): boolean {
  return forgot !== undefined && heard <= forgot;
}

/** `key=value` fields at the end of an AT (FL4). */
function areExtensions(fields: readonly string[]): boolean {
  const keys = new Set<string>();
  let bytes = fields.length - 1;
  for (const field of fields) {
    bytes += Buffer.byteLength(field);
    const [key = "", ...rest] = field.split("=");
    const isKey =
      key !== "" && key.length <= 32 && key.split("").every((character, at) => isKeyCharacter(character, at));
    if (!isKey || rest.join("=") === "" || keys.has(key)) return false;
    keys.add(key);
  }
  return fields.length <= 16 && bytes <= 512;
}

function isKeyCharacter(character: string, at: number): boolean {
  if (character >= "a" && character <= "z") return true;
  return at > 0 && (character === "-" || (character >= "0" && character <= "9"));
}

/** A time's exact value, `undefined` if the text is not a time. */
export function nanosecondsOf(text: string): bigint | undefined {
  if (text.length > 32) return undefined;
  const { whole, fraction = "" } = decimalOf(text) ?? {};
  if (whole === undefined || fraction.length > 9) return undefined;
  return BigInt(whole + fraction.padEnd(9, "0"));
}

function isSkew(text: string): boolean {
  const { whole = "", fraction = "" } = decimalOf(text.slice(1)) ?? {};
  return isSign(text[0]) && whole.length >= 1 && whole.length <= 32 && fraction.length === 9;
}

export function isLocation(text: string): boolean {
  if (text.length > 64 || !isSign(text[0])) return false;
  let border = 1;
  while (border < text.length && !isSign(text[border])) border++;
  const [latitude, longitude] = [text.slice(1, border), text.slice(border + 1)];
  return isAtMost(latitude, 90n) && isAtMost(longitude, 180n);
}

/** Whether ISO 6709 reads more than degrees before a point. */
export function hasMinutes(location: string): boolean {
  const [, latitude = "", longitude = ""] = location.split(/[+-]/).map((text) => text.split(".")[0]);
  return latitude.length > 2 || longitude.length > 3;
}

function isSign(character: string | undefined): boolean {
  return character === "+" || character === "-";
}

function isAtMost(text: string, limit: bigint): boolean {
  const { whole, fraction = "" } = decimalOf(text) ?? {};
  return whole !== undefined && BigInt(whole + fraction) <= limit * 10n ** BigInt(fraction.length);
}

function isPositive(text: string): boolean {
  const { whole, fraction = "" } = decimalOf(text) ?? {};
  return whole !== undefined && BigInt(whole + fraction) > 0n;
}

function decimalOf(text: string): { readonly whole: string; readonly fraction: string | undefined } | undefined {
  const point = text.indexOf(".");
  if (point < 0) return areDigits(text) ? { whole: text, fraction: undefined } : undefined;
  const [whole, fraction] = [text.slice(0, point), text.slice(point + 1)];
  return areDigits(whole) && areDigits(fraction) ? { whole, fraction } : undefined;
}

function areDigits(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit < 0x30 || unit > 0x39) return false;
  }
  return text !== "";
}
