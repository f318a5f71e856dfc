// The log of a server. Each entry is a line of JSON, and goes to three places.
//
// The last entries are kept for `/servers/:name/log`. Each entry is sent to all who follow the log, and printed to the console.
// From there, `npm start` writes the server's log file, and Cloudflare's observability indexes it. Keeps LG1, LG9, LI11, HD4
// and HC8.

import type { HerdConfig } from "../../core/config/herd-config.ts";
import type { LogEntry } from "../../core/contract/log-entry.ts";
import { closeSocket } from "../transport/websocket-transport.ts";

/** Where the time of an entry is in its line: `{"at":"2026-11-22T10:00:00.000Z",…`. These texts sort as their times do. */
const AT_FROM = '{"at":"'.length;
const AT_TO = AT_FROM + "2026-11-22T10:00:00.000Z".length;

/** Characters that JSON does not escape, and that end a line, command a terminal or turn the text for some readers. */
const ACTIVE_CHARACTERS = /[\u007F-\u009F\u2028-\u202E\u2066-\u2069]/g;

export class ServerLog {
  readonly #server: string;
  readonly #limits: HerdConfig["limits"];
  /** Each follower, with the end of its token in POSIX milliseconds. */
  readonly #followers = new Map<WebSocket, number>();
  #lines: string[] = [];

  constructor(server: string, limits: HerdConfig["limits"]) {
    this.#server = server;
    this.#limits = limits;
  }

  write(entry: LogEntry, nowMillis: number): void {
    const line = JSON.stringify({ at: new Date(nowMillis).toISOString(), server: this.#server, ...entry }).replace(
      ACTIVE_CHARACTERS,
      escaped,
    );
    this.#lines.push(line);
    // Many lines are cut at once: to drop one line costs the length of the array.
    const { logEntries } = this.#limits;
    if (this.#lines.length >= logEntries * 2) this.#lines = this.#lines.slice(-logEntries);
    console.log(line);
    for (const [follower, endMillis] of this.#followers)
      if (nowMillis < endMillis) this.#tell(follower, line);
      else this.#drop(follower, 1008, "the token has expired");
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

  #recentLines(since?: string): readonly string[] {
    const lines = this.#lines.slice(-this.#limits.logEntries);
    if (since === undefined) return lines;
    // No filter: after a clock was set back, later entries have earlier times.
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

/** The time in `?since=`, in the form of the entries; `undefined` if there is none. Throws a RangeError if it is no time. */
export function sinceOf(url: string): string | undefined {
  const since = new URL(url).searchParams.get("since");
  if (since === null) return undefined;
  if (!/^\d{4}-\d\d-\d\dT/.test(since)) throw new RangeError("No time");
  return new Date(since).toISOString();
}

/** Any character as a JSON escape. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
