// One server's log: each entry a line of JSON, in three places at once.
//
// Kept in a bounded ring for `/servers/:name/log`, sent to whoever follows that live, and printed to the console, from
// where `npm start` writes the server's log file and Cloudflare's observability indexes it. Keeps LG1, LG3, LI11 and HC8.
//
// On somebody's own machine the entries of a turn are printed together, as one text of several lines. Each call of the console
// costs some 8 µs there, and a report makes some twenty entries; together they cost 0.3 µs an entry (measured 2026-11-27).
// Cloudflare indexes each call as one JSON object, so a deployed server prints each entry by itself.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import { needsAttention, type LogEntry } from "../../core/contract/log-entry.ts";
import { closeSocket } from "../transport/websocket-transport.ts";

/** Where the time of an entry stands in its line: `{"at":"2026-11-22T10:00:00.000Z",…`. As texts, these sort as times do. */
const AT_FROM = '{"at":"'.length;
const AT_TO = AT_FROM + "2026-11-22T10:00:00.000Z".length;

/** What JSON leaves as it is, and some readers take for the end of a line, a terminal's command, or a turn of the text. */
const ACTIVE_CHARACTERS = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g;

/** Entries that are printed together at most: less than a pipe holds, so that whoever reads it works meanwhile. */
const PRINTED_TOGETHER_MAX = 256;

export interface ServerLogOptions {
  readonly server: string;
  readonly limits: HerdConfig["limits"];
  /** Whether the entries of a turn are printed together. */
  readonly printsTogether: boolean;
}

export class ServerLog {
  readonly #server: string;
  readonly #limits: HerdConfig["limits"];
  readonly #printsTogether: boolean;
  /** And until when each may follow, POSIX milliseconds. */
  readonly #followers = new Map<WebSocket, number>();
  #lines: string[] = [];
  /** Not printed yet. */
  #unprinted: string[] = [];
  /** How each line of this time begins. */
  #begin = { atMillis: NaN, text: "" };

  constructor({ server, limits, printsTogether }: ServerLogOptions) {
    this.#server = server;
    this.#limits = limits;
    this.#printsTogether = printsTogether;
  }

  write(entry: LogEntry, nowMillis: number): void {
    const line = `${this.#beginAt(nowMillis)},${JSON.stringify(entry).slice(1)}`.replace(ACTIVE_CHARACTERS, escaped);
    this.#lines.push(line);
    // Cut in bulk: shifting an array by one for each line would cost its length each time.
    const { logEntries } = this.#limits;
    if (this.#lines.length >= logEntries * 2) this.#lines = this.#lines.slice(-logEntries);
    this.#printSoon(line, needsAttention(entry));
    for (const [follower, endMillis] of this.#followers)
      if (nowMillis < endMillis) this.#tell(follower, line);
      else this.#drop(follower, 1008, "the token has expired");
  }

  /** The last entries, oldest first, one a line; with `since`, those of that time and later. */
  recent(since?: string): string {
    return this.#recentLines(since)
      .map((line) => `${line}\n`)
      .join("");
  }

  /**
   * Tells the socket what is logged from now on, until its token ends: it is then closed in place of the next entry (AC6).
   * With `since`, what is kept of that time and later goes first, and nothing is left out between the two.
   */
  follow(socket: WebSocket, endMillis = Infinity, since?: string): void {
    this.#followers.set(socket, endMillis);
    if (since === undefined) return;
    for (const line of this.#recentLines(since)) if (this.#followers.has(socket)) this.#tell(socket, line);
  }

  unfollow(socket: WebSocket): void {
    this.#followers.delete(socket);
  }

  /** Closes on all who follow. */
  end(code: number, reason: string): void {
    for (const follower of this.#followers.keys()) closeSocket(follower, code, reason);
    this.#followers.clear();
  }

  /** `{"at":"…","server":"…"`, made once a turn. */
  #beginAt(nowMillis: number): string {
    if (this.#begin.atMillis !== nowMillis) {
      const text = JSON.stringify({ at: new Date(nowMillis).toISOString(), server: this.#server }).slice(0, -1);
      this.#begin = { atMillis: nowMillis, text };
    }
    return this.#begin.text;
  }

  /** What needs attention is printed by itself, as a warning, after all that came before it. */
  #printSoon(line: string, isWarning: boolean): void {
    if (isWarning) {
      this.#print();
      return console.warn(line);
    }
    if (!this.#printsTogether) return console.log(line);
    // The microtask comes when the turn is over.
    if (this.#unprinted.push(line) === 1) queueMicrotask(() => this.#print());
    if (this.#unprinted.length >= PRINTED_TOGETHER_MAX) this.#print();
  }

  #print(): void {
    if (this.#unprinted.length === 0) return;
    console.log(this.#unprinted.join("\n"));
    this.#unprinted = [];
  }

  #recentLines(since?: string): readonly string[] {
    const lines = this.#lines.slice(-this.#limits.logEntries);
    if (since === undefined) return lines;
    // Not a filter: a clock that was set back must not hide what came after.
    const first = lines.findIndex((line) => line.slice(AT_FROM, AT_TO) >= since);
    return first < 0 ? [] : lines.slice(first);
  }

  #tell(follower: WebSocket, line: string): void {
    if (follower.bufferedAmount > this.#limits.bufferedBytes) return this.#drop(follower, 1013, "reads too slowly");
    try {
      follower.send(line);
    } catch {
      this.unfollow(follower);
    }
  }

  #drop(follower: WebSocket, code: number, reason: string): void {
    closeSocket(follower, code, reason);
    this.unfollow(follower);
  }
}

/** The time of `?since=`, as the entries have it; `undefined` without one. Throws a RangeError if it is no time. */
export function sinceOf(url: string): string | undefined {
  const since = new URL(url).searchParams.get("since");
  if (since === null) return undefined;
  if (!/^\d{4}-\d\d-\d\dT/.test(since)) throw new RangeError("No time");
  return new Date(since).toISOString();
}

/** As JSON may write any character. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
