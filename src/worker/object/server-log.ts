// The log of a server. Each entry is a line of JSON, and goes to three places.
//
// The last entries are kept for `/servers/:name/log`. Each entry is sent to all who follow the log, and printed to the console.
// From there, `npm start` writes the server's log file, and Cloudflare's observability indexes it. Keeps LG1, LG9, LG11, LG23,
// LI11, HD4 and HC8.
//
// On somebody's own machine the entries of a turn are printed together, as one text of several lines. There, a call of the console
// costs some 8 µs, and a report makes some twenty entries. Together they cost 0.3 µs an entry (measured 2026-11-27).
// Cloudflare indexes each call as one JSON object, so a deployed server prints each entry by itself.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import { needsAttention, saysWhere, type LogEntry } from "../../core/contract/log-entry.ts";
import { closeSocket } from "../transport/websocket-transport.ts";
import { logJson, quoted } from "./log-json.ts";

/** Where the time of an entry is in its line: `{"at":"2026-11-22T10:00:00.000Z",…`. These texts sort as their times do. */
const AT_FROM = '{"at":"'.length;
const AT_TO = AT_FROM + "2026-11-22T10:00:00.000Z".length;

/** At most this many entries are printed together: less than a pipe holds, so that its reader works at the same time. */
const PRINTED_TOGETHER_MAX = 128;

export interface ServerLogOptions {
  readonly server: string;
  readonly limits: HerdConfig["limits"];
  /** Whether the entries of a turn are printed together. */
  readonly printsTogether: boolean;
}

/** Entries that were printed together, a line each, without the last LF. */
interface Printed {
  readonly text: string;
  readonly entries: number;
}

export class ServerLog {
  readonly #server: string;
  readonly #limits: HerdConfig["limits"];
  readonly #printsTogether: boolean;
  /** Each follower, with the end of its token in POSIX milliseconds. */
  readonly #followers = new Map<WebSocket, number>();
  /** The newest of what was printed: `limits.logEntries` or more, less than twice as many and a print. */
  #kept: Printed[] = [];
  #keptEntries = 0;
  /** Not printed yet, an LF before each. */
  #unprinted = "";
  #unprintedEntries = 0;
  /** How each line of this time begins. */
  #begin = { atMillis: NaN, text: "" };

  constructor({ server, limits, printsTogether }: ServerLogOptions) {
    this.#server = server;
    this.#limits = limits;
    this.#printsTogether = printsTogether;
  }

  write(entry: LogEntry, nowMillis: number): void {
    const needs = needsAttention(entry);
    // What needs attention is printed by itself, after all that came before it.
    if (needs) this.#print();
    // The microtask comes when the turn is over.
    else if (this.#unprintedEntries === 0 && this.#printsTogether) queueMicrotask(() => this.#print());
    const line = `${this.#beginAt(nowMillis)},${logJson(entry).slice(1)}`;
    this.#unprinted += `\n${line}`;
    this.#unprintedEntries++;
    if (needs || !this.#printsTogether || this.#unprintedEntries === PRINTED_TOGETHER_MAX) this.#print(needs);
    if (this.#followers.size > 0) this.#tellAll(line, nowMillis);
  }

  /** Keeps no longer what may say where these clients were. It is printed, and followers have it. */
  forget(clients: ReadonlySet<string>): void {
    this.#print();
    // To read an entry takes 2 µs, and few have one of these texts (measured 2026-11-27).
    const ids = [...clients].map((client) => quoted(client).slice(1, -1));
    const isAnyIn = (text: string) => ids.some((id) => text.includes(id));
    const isKept = (line: string) => !isAnyIn(line) || !saysWhere(JSON.parse(line) as LogEntry, clients);
    this.#kept = this.#kept.flatMap((printed) => {
      if (!isAnyIn(printed.text)) return [printed];
      const lines = printed.text.split("\n").filter(isKept);
      return lines.length === 0 ? [] : [{ text: lines.join("\n"), entries: lines.length }];
    });
    this.#keptEntries = this.#kept.reduce((sum, { entries }) => sum + entries, 0);
  }

  /** The last entries, oldest first, one per line. With `since`, those of that time and later. */
  recent(since?: string): string {
    return this.#recentLines(since)
      .map((line) => `${line}\n`)
      .join("");
  }

  /**
   * Sends each new entry to the socket until its token ends. After that, the next entry closes the socket (AC6). With `since`,
   * the kept entries of that time and later go first. No entry is left out between the two.
   */
  follow(socket: WebSocket, endMillis = Infinity, since?: string): void {
    this.#followers.set(socket, endMillis);
    if (since === undefined) return;
    for (const line of this.#recentLines(since)) if (this.#followers.has(socket)) this.#tell(socket, line);
  }

  unfollow(socket: WebSocket): void {
    this.#followers.delete(socket);
  }

  /** Closes the sockets of all followers. */
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

  #print(isWarning = false): void {
    if (this.#unprintedEntries === 0) return;
    const text = this.#unprinted.slice(1);
    if (isWarning) console.warn(text);
    else console.log(text);
    this.#keep({ text, entries: this.#unprintedEntries });
    this.#unprinted = "";
    this.#unprintedEntries = 0;
  }

  #keep(printed: Printed): void {
    this.#kept.push(printed);
    this.#keptEntries += printed.entries;
    const { logEntries } = this.#limits;
    // Many prints are cut at once: to drop one costs the length of the array.
    if (this.#keptEntries < logEntries * 2) return;
    let first = 0;
    for (const { entries } of this.#kept) {
      if (this.#keptEntries - entries < logEntries) break;
      this.#keptEntries -= entries;
      first++;
    }
    this.#kept = this.#kept.slice(first);
  }

  #recentLines(since?: string): readonly string[] {
    this.#print();
    const lines = this.#kept.flatMap(({ text }) => text.split("\n")).slice(-this.#limits.logEntries);
    if (since === undefined) return lines;
    // No filter: after a clock was set back, later entries have earlier times.
    const first = lines.findIndex((line) => line.slice(AT_FROM, AT_TO) >= since);
    return first < 0 ? [] : lines.slice(first);
  }

  #tellAll(line: string, nowMillis: number): void {
    for (const [follower, endMillis] of this.#followers)
      if (nowMillis < endMillis) this.#tell(follower, line);
      else this.#drop(follower, 1008, "the token has expired");
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

/** The time in `?since=`, in the form of the entries; `undefined` if there is none. Throws a RangeError if it is no time. */
export function sinceOf(url: string): string | undefined {
  const since = new URL(url).searchParams.get("since");
  if (since === null) return undefined;
  if (!/^\d{4}-\d\d-\d\dT/.test(since)) throw new RangeError("No time");
  return new Date(since).toISOString();
}
