// One case of the herd's room, as data: what is said to which server, over what.

import type { Random } from "../sim/random.ts";
import { WORDS } from "./dictionary.ts";
import { bytesOfText, Grammar } from "./grammar.ts";
import { ADDRESSES, FRAMINGS, HEADERS, HELLOS, HOSTS, METHODS, NAMES, QUERIES } from "./herd-lists.ts";

/** Texts are of one character a byte. */
export type HerdCase =
  | { readonly over: "tcp"; readonly server: string; readonly pieces: readonly string[]; readonly ends: boolean }
  /** A request as its bytes. `isWhole`: it is one that has to be answered. */
  | { readonly over: "http"; readonly request: string; readonly isWhole: boolean }
  | {
      readonly over: "websocket";
      readonly path: string;
      readonly isPeer: boolean;
      readonly messages: readonly { readonly data: string; readonly isText: boolean }[];
      readonly closes: boolean;
    };

const SERVERS = ["Alford", "Bolden", "Hamilton", "Parker", "Powell"];

export function drawHerdCase(random: Random, token: string): HerdCase {
  const grammar = new Grammar(random);
  const server = random.pick(SERVERS);
  const draw = random.next();
  if (draw < 0.25) return { over: "tcp", server, pieces: drawPieces(grammar), ends: random.chance(0.7) };
  if (draw < 0.6) return drawRequest(grammar, token);
  const isPeer = random.chance(0.4);
  const query = filled(random, random.pick(isPeer ? HELLOS : QUERIES), token);
  return {
    over: "websocket",
    path: `/servers/${server}${isPeer ? "/peer" : random.chance(0.1) ? "/log" : ""}${escaped(query)}`,
    isPeer,
    messages: Array.from({ length: random.integer(0, 6) }, () => {
      const feed = random.chance(0.7) ? grammar.frame() : grammar.receipt();
      const data = isPeer ? bytesOfText(feed.replaceAll("EPOCH", "fuzz").replaceAll("TO", "1")) : grammar.bytes();
      return { data, isText: random.chance(0.7) };
    }),
    closes: random.chance(0.7),
  };
}

function drawPieces(grammar: Grammar): string[] {
  return Array.from({ length: grammar.random.integer(0, 6) }, () => grammar.bytes());
}

function drawRequest(grammar: Grammar, token: string): HerdCase {
  const { random } = grammar;
  const method = random.chance(0.6) ? random.pick(["GET", "POST"]) : random.pick(METHODS);
  const address = random.pick(ADDRESSES) + random.pick(random.chance(0.8) ? QUERIES : HELLOS);
  const headers = Array.from({ length: random.pick([0, 0, 1, 2, 5]) }, () => random.pick(HEADERS));
  if (random.chance(0.3)) headers.push(...HEADERS.slice(0, 1), "Connection: Upgrade", "Sec-WebSocket-Version: 13");
  const body = method === "POST" || random.chance(0.1) ? grammar.bytes() : "";
  const framing = body === "" ? "none" : random.pick(FRAMINGS);
  const head = [`${method} ${address} HTTP/1.1`, `Host: ${random.pick(HOSTS)}`, ...headers].map((line) =>
    filled(random, line, token),
  );
  const whole = bytesOfText(`${head.join("\r\n")}\r\n`) + framed(body, framing);
  // Of odd ones only that they do no harm is asked.
  const isWhole = headers.length === 0 && (framing === "right" || framing === "none") && /^[!-~]*$/.test(address);
  const isKnown = METHODS.indexOf(method) < 7;
  if (random.chance(0.85))
    return { over: "http", request: whole, isWhole: isWhole && isKnown && address.startsWith("/") };
  const at = random.integer(0, whole.length);
  const damaged =
    whole.slice(0, at) +
    random.pick(["", "\0", "\n", "\r\n\r\n", "\xff", ":", "é"]) +
    whole.slice(at + random.integer(0, 3));
  return { over: "http", request: damaged, isWhole: false };
}

function framed(body: string, framing: (typeof FRAMINGS)[number]): string {
  switch (framing) {
    case "right":
      return `Content-Length: ${body.length}\r\n\r\n${body}`;
    case "too long":
      return `Content-Length: ${body.length + 100_000}\r\n\r\n${body}`;
    case "too short":
      return `Content-Length: ${body.length >>> 1}\r\n\r\n${body}`;
    case "chunked":
      return `Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    case "bad chunks":
      return `Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n${body}`;
    case "none":
      return `\r\n${body}`;
    default:
      return framing satisfies never;
  }
}

function filled(random: Random, text: string, token: string): string {
  return text
    .replace("NAME", () => random.pick(NAMES))
    .replaceAll("WORD", () => random.pick(WORDS).replaceAll(/[\r\n]/g, ""))
    .replace("TOKEN", () => token);
}

/** As an address may hold it; requests say it raw. */
function escaped(text: string): string {
  return bytesOfText(text).replaceAll(/[^!$-;=?-~]/g, (byte) => `%${byte.charCodeAt(0).toString(16).padStart(2, "0")}`);
}
