// The parsers of the core, one input at a time: each is read by the core and by the reference, and must come out the same.

import { isRefused } from "../../src/core/commands/command.ts";
import { parseIamat } from "../../src/core/commands/iamat.ts";
import { readCommand } from "../../src/core/commands/table.ts";
import { parseWhatsat } from "../../src/core/commands/whatsat.ts";
import {
  formatFrame,
  formatReceipt,
  formatSync,
  parseFrame,
  parseReceipt,
  parseSync,
} from "../../src/core/protocol/frame.ts";
import { LineAssembler } from "../../src/core/protocol/line-assembler.ts";
import { splitLines, type ReceivedLine, fieldsOf } from "../../src/core/protocol/line.ts";
import { degreesOf, isPassedOn, locationProblem } from "../../src/core/protocol/location.ts";
import { parseAt } from "../../src/core/protocol/report.ts";
import { stampedReport } from "../../src/core/protocol/stamp.ts";
import { skewOf, timeKeyOf } from "../../src/core/protocol/time.ts";
import { Violation } from "../sim/violation.ts";
import { START_SECONDS } from "./grammar.ts";
import {
  answerOf,
  hasMinutes,
  isForgotten,
  isLocation,
  meaningOf,
  nanosecondsOf,
  readAt,
  readFields,
  readLines,
  type ReadLine,
} from "./reference.ts";

export interface ParserInput {
  /** One character a byte. */
  readonly bytes: string;
  readonly lineBytes: number;
  /** Lengths of the pieces that the stream comes in; what is left comes at the end. */
  readonly cuts: readonly number[];
}

const NOW_MILLIS = START_SECONDS * 1000 + 123;
const FUTURE_SECONDS = 3600;
const PAST_SECONDS = 30;
const SILENCE_SECONDS_MAX = 604_800;

/** Throws a Violation where the core reads it otherwise than the reference. */
export function checkParsers({ bytes, lineBytes, cuts }: ParserInput): void {
  const data = Buffer.from(bytes, "latin1");
  const text = data.toString();
  compareLines("a message of bytes", splitLines(data, lineBytes), readLines(data, lineBytes));
  compareLines("a message of text", splitLines(text, lineBytes), readLines(text, lineBytes));
  compareLines("a stream in pieces", assembled(data, lineBytes, cuts), readLines(data, lineBytes));
  for (const line of text.split("\n")) checkLine(line);
  checkFeed(text);
}

function assembled(data: Buffer, lineBytes: number, cuts: readonly number[]): ReceivedLine[] {
  const assembler = new LineAssembler(lineBytes);
  const lines: ReceivedLine[] = [];
  let from = 0;
  for (const length of [...cuts, data.length]) {
    lines.push(...assembler.push(data.subarray(from, from + length)));
    from += length;
  }
  return [...lines, ...assembler.end()];
}

/** Lines of nothing may stand on one side alone: they mean nothing (LN2). */
function compareLines(what: string, core: readonly ReceivedLine[], reference: readonly ReadLine[]): void {
  const [found, wanted] = [core.map(shown), reference.map(shown)].map((lines) =>
    lines.filter((line) => line !== "text "),
  );
  const index = (wanted ?? []).findIndex((line, index) => found?.[index] !== line);
  if (index < 0 && found?.length === wanted?.length) return;
  throw new Violation("lines", `${what}: line ${index} is ${found?.[index]}, and should be ${wanted?.[index]}`);
}

function shown(line: ReceivedLine | ReadLine): string {
  if (typeof line === "string") return `text ${line}`;
  return typeof line.echo === "string" ? `broken ${line.echo}` : `bytes ${Buffer.from(line.echo).toString("latin1")}`;
}

function checkLine(line: string): void {
  for (const pastSeconds of [undefined, PAST_SECONDS]) checkCommand(line, pastSeconds);
  const fields = readFields(line).slice(0, 32);
  for (const field of fields) checkLocation(field);
  checkTimes(fields);
  checkAt(line);
}

function checkCommand(line: string, pastSeconds: number | undefined): void {
  const limits = { futureSeconds: FUTURE_SECONDS, silenceSecondsMax: SILENCE_SECONDS_MAX };
  const read = readCommand(line, { nowMillis: NOW_MILLIS, pastSeconds, ...limits });
  const meaning = meaningOf(line, NOW_MILLIS, limits, pastSeconds);
  const kind = read === undefined ? "nothing" : isRefused(read) ? "invalid" : read.command.name;
  if (kind !== meaning.kind) throw new Violation("command", `${kind}, and should be ${meaning.kind}: ${line}`);
  if (meaning.kind === "invalid" && read !== undefined && isRefused(read) && !meaning.codes.includes(read.code))
    throw new Violation("command", `refused as ${read.code}, and should be as ${meaning.codes.join(" or ")}: ${line}`);
  const [, ...said] = fieldsOf(line);
  if (meaning.kind === "WHATSAT") {
    const asked = parseWhatsat(said);
    if (isRefused(asked) || !(asked.radiusKm > 0 && asked.radiusKm <= 50 && asked.items >= 1 && asked.items <= 20))
      throw new Violation("command", `asks for ${JSON.stringify(asked)}: ${line}`);
  }
  if (meaning.kind === "IAMAT") {
    const parsed = parseIamat(said, { nowMillis: NOW_MILLIS, futureSeconds: FUTURE_SECONDS, pastSeconds });
    if (isRefused(parsed)) throw new Violation("command", `${parsed.refusal}: ${line}`);
    const { line: wanted } = answerOf("Alford", NOW_MILLIS, meaning);
    const { client, location, claimed } = parsed;
    const found =
      claimed === undefined
        ? stampedReport({ server: "Alford", client, location }, NOW_MILLIS, undefined).line
        : `AT Alford ${skewOf(NOW_MILLIS, claimed.time)} ${client} ${location} ${claimed.time}`;
    if (found !== wanted) throw new Violation("answer", `${found}, and should be ${wanted}`);
  }
}

function checkLocation(field: string): void {
  const isValid = locationProblem(field) === undefined;
  if (isPassedOn(field) !== isLocation(field)) throw new Violation("location", `passed on: ${field}`);
  if (isValid !== (isLocation(field) && !hasMinutes(field)))
    throw new Violation("location", `taken for ${isValid}: ${field}`);
  if (!isValid) return;
  const { latitude, longitude } = degreesOf(field);
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180))
    throw new Violation("location", `${latitude} north, ${longitude} east: ${field}`);
}

/** The keys of times sort as the times do. */
function checkTimes(fields: readonly string[]): void {
  const times = fields.map((field) => {
    const [key, nanoseconds] = [timeKeyOf(field), nanosecondsOf(field)];
    if ((key === undefined) !== (nanoseconds === undefined)) throw new Violation("time", `taken for ${key}: ${field}`);
    return { field, key, nanoseconds };
  });
  for (const [index, one] of times.entries()) {
    const other = times[index + 1];
    if (one.key === undefined || one.nanoseconds === undefined) continue;
    if (other?.key === undefined || other.nanoseconds === undefined) continue;
    const isLater = one.nanoseconds > other.nanoseconds;
    if (one.key > other.key !== isLater || (one.key === other.key) !== (one.nanoseconds === other.nanoseconds))
      throw new Violation("time", `${one.field} and ${other.field} have the keys ${one.key} and ${other.key}`);
  }
}

/** What is stored reads back as what it was (RP5). */
function checkAt(line: string): void {
  const [report, wanted] = [parseAt(line), readAt(line)];
  if (report?.line !== wanted?.line || report?.client !== wanted?.client)
    throw new Violation("report", `${report?.line}, and should be ${wanted?.line}: ${line}`);
  if (report === undefined) return;
  if (wanted !== undefined && (report.forgotKey !== "") !== (wanted.forgot !== undefined))
    throw new Violation("report", `says ${JSON.stringify(report.forgotKey)} of forgetting: ${line}`);
  if (wanted !== undefined && (report.timeKey === "") !== isForgotten(wanted))
    throw new Violation("report", `of a client that is forgotten, or not: ${line}`);
  const again = parseAt(report.line);
  if (again?.line !== report.line || again.client !== report.client || again.timeKey !== report.timeKey)
    throw new Violation("report", `does not read back: ${report.line}`);
}

/** What one server says, another reads as it was meant. */
function checkFeed(message: string): void {
  const frame = parseFrame(message);
  if (frame !== undefined) {
    const again = parseFrame(formatFrame(frame));
    if (again?.from !== frame.from || again.to !== frame.to || again.lines.length !== frame.lines.length)
      throw new Violation("frame", `does not read back: ${message}`);
    const receipt = parseReceipt(`ACK ${frame.to}\n`);
    if (receipt?.to !== frame.to) throw new Violation("frame", `cannot be acknowledged: ${message}`);
  }
  const sync = parseSync(message);
  if (sync !== undefined && parseSync(formatSync(sync))?.seq !== sync.seq)
    throw new Violation("frame", `does not read back: ${message}`);
  const receipt = parseReceipt(message);
  if (receipt !== undefined && parseReceipt(formatReceipt(receipt))?.frames !== receipt.frames)
    throw new Violation("frame", `does not read back: ${message}`);
}
