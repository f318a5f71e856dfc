// The words of a feed: what one server says to another beside AT.
//
// The sender dials with a hello; the receiver answers `SYNC <epoch> <seq> <run>`. A frame is one message, AT lines and
// then `SEQ <epoch> <from> <to>`. It is answered `ACK <to> <frames>` once it is durable; if that is to take a while,
// and the sender said that it knows the word, `GOT <to> <frames>` first. One receipt may be of several frames, whose number it says:
// several frames of a scan end at the same number. Keeps CU2, CU6, CU13, CU30 and FL5.

import { areExtensions, extensionOf } from "./extensions.ts";

/** Changes when a server of before could not follow. */
export const FEED_VERSION = 1;

const EXCERPT_CHARACTERS_MAX = 1024;

/** How the dialler introduces itself. */
export interface Hello {
  readonly version: number;
  readonly name: string;
  readonly epoch: string;
  readonly incarnation: string;
  /** What the dialler understands beside the version's own words: of `FEATURES`, and of words that are not known here. */
  readonly features: readonly string[];
}

/**
 * What this version understands, so that each end says nothing that the other one would not: `got` is the receipt GOT,
 * `fields` are `key=value` fields at the end of AT and SYNC, `counts` are receipts of several frames.
 */
export const FEATURES = ["got", "fields", "counts"] as const;

export type Feature = (typeof FEATURES)[number];

export function hasFeature({ features }: { readonly features: readonly string[] }, feature: Feature): boolean {
  return features.includes(feature);
}

export interface Sync {
  readonly epoch: string;
  /** The receiver's durable cursor in that epoch. */
  readonly seq: number;
  /** Names the receiver's present life. */
  readonly incarnation: string;
  /** What the receiver understands; it says so only to a dialler that understands `fields`. */
  readonly features: readonly string[];
}

export interface Frame {
  /** AT lines, without LF. */
  readonly lines: readonly string[];
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

export function formatSync({ epoch, seq, incarnation, features }: Sync): string {
  const extension = features.length === 0 ? "" : ` features=${features.join(",")}`;
  return `SYNC ${epoch} ${seq} ${incarnation}${extension}\n`;
}

export function formatReceipt({ word, to, frames }: Receipt): string {
  return frames === undefined ? `${word} ${to}\n` : `${word} ${to} ${frames}\n`;
}

export function formatFrame({ lines, epoch, from, to }: Frame): string {
  return `${lines.map((line) => `${line}\n`).join("")}SEQ ${epoch} ${from} ${to}\n`;
}

export function parseSync(message: string): Sync | undefined {
  const match = /^SYNC (\S+) (\d{1,16}) (\S+)((?: \S+)*)\n?$/.exec(message);
  const [, epoch, digits, incarnation, rest = ""] = match ?? [];
  const seq = numberOf(digits);
  const extensions = rest.split(" ").slice(1);
  if (epoch === undefined || seq === undefined || incarnation === undefined || !areExtensions(extensions))
    return undefined;
  return { epoch, seq, incarnation, features: readFeatures(extensionOf(extensions, "features")) };
}

/** The words of a list such as `got,fields`; none where there is no list. */
export function readFeatures(list = ""): string[] {
  return list === "" ? [] : list.split(",");
}

/** What became of frames: they have come, or they and all that came before them are durable. */
export interface Receipt {
  readonly word: "GOT" | "ACK";
  /** Where the last of them ends. */
  readonly to: number;
  /** How many they are; `undefined` in the words of a server of before, or for one of before. */
  readonly frames: number | undefined;
}

export function parseReceipt(message: string): Receipt | undefined {
  const match = /^(GOT|ACK) (\d{1,16})(?: ([1-9]\d{0,8}))?\n?$/.exec(message);
  const [, word, digits, frames] = match ?? [];
  const to = numberOf(digits);
  if (to === undefined) return undefined;
  return { word: word === "GOT" ? "GOT" : "ACK", to, frames: numberOf(frames) };
}

/** The frame of a message, or `undefined` if its last line is not a SEQ: then nobody knows what it covers. */
export function parseFrame(message: string): Frame | undefined {
  const lines = message.split("\n");
  if (lines.at(-1) === "") lines.pop();
  const match = /^SEQ (\S+) (\d{1,16}) (\d{1,16})$/.exec(lines.pop() ?? "");
  const [, epoch, first, last] = match ?? [];
  const from = numberOf(first);
  const to = numberOf(last);
  return epoch === undefined || from === undefined || to === undefined ? undefined : { lines, epoch, from, to };
}

/** A number that a double holds exactly: a cursor that is rounded would be told to the neighbour as another one. */
function numberOf(digits: string | undefined): number | undefined {
  const number = Number(digits);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A message as a log or a status may repeat it: a neighbour that talks nonsense must not fill the memory with it. */
export function excerptOf(message: string): string {
  return message.length > EXCERPT_CHARACTERS_MAX ? `${message.slice(0, EXCERPT_CHARACTERS_MAX)}…` : message;
}
