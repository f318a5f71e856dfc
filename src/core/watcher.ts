// What one connection is still to be told of the clients that it watches: of each client at most one line, the newest.
//
// A line is *ready*, or it waits because its client was told a moment ago. Whatever is newer takes the place of what waits,
// so a reader that is slow, or a client that moves fast, costs one line of memory and is told where the client is, not
// where it was. All that was told is remembered for one interval, in the order in which it was told, which is that in
// which the intervals end. Keeps WT4 and WT5.

import type { AnswerQueue } from "./answer-queue.ts";
import type { ConnectionId } from "./events.ts";

interface Told {
  /** When its client may be told of again, POSIX milliseconds. */
  readonly againMillis: number;
  /** What came meanwhile. */
  line: string | undefined;
}

export class Watcher {
  readonly connection: ConnectionId;
  readonly answers: AnswerQueue;
  /** What it watches: clients, and `*`. */
  readonly names = new Set<string>();
  /** Its part of what is counted for all watchers: `size` as it was counted last. */
  counted = 0;
  readonly #intervalMillis: number;
  readonly #ready = new Map<string, string>();
  readonly #told = new Map<string, Told>();
  /** How many of those told have a line that waits. */
  #toldWaiting = 0;

  constructor(connection: ConnectionId, answers: AnswerQueue, intervalMillis: number) {
    this.connection = connection;
    this.answers = answers;
    this.#intervalMillis = intervalMillis;
  }

  /** Clients that it keeps something of in memory. */
  get size(): number {
    return this.#ready.size + this.#told.size;
  }

  /** Lines that could leave, were the reader not slow. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** When a line that waits for its interval may leave; perhaps earlier. Infinity if none waits. POSIX milliseconds. */
  get nextMillis(): number {
    if (this.#toldWaiting === 0) return Infinity;
    for (const { againMillis } of this.#told.values()) return againMillis;
    return Infinity;
  }

  /** A report of a client that it watches. */
  note(client: string, line: string): void {
    const told = this.#told.get(client);
    if (told === undefined) {
      this.#ready.set(client, line);
      return;
    }
    if (told.line === undefined) this.#toldWaiting++;
    told.line = line;
  }

  /** What is held of a client, which it is told at once. */
  noteHeld(client: string, line: string): void {
    this.forget(client);
    this.#ready.set(client, line);
  }

  /** It watches the client no more. */
  forget(client: string): void {
    this.#ready.delete(client);
    if (this.#told.get(client)?.line !== undefined) this.#toldWaiting--;
    this.#told.delete(client);
  }

  /** It watches no more clients than these. */
  forgetAllBut(clients: ReadonlySet<string>): void {
    for (const client of [...this.#ready.keys(), ...this.#told.keys()]) if (!clients.has(client)) this.forget(client);
  }

  /** Nobody counts as just told: what waits for its interval may leave. */
  forgetIntervals(): void {
    for (const [client, { line }] of this.#told) if (line !== undefined) this.#ready.set(client, line);
    this.#told.clear();
    this.#toldWaiting = 0;
  }

  /** Removes and returns ready lines, up to about so many characters: none if there is no room for one. */
  take(nowMillis: number, characters: number): string[] {
    const lines: string[] = [];
    let left = characters;
    for (const [client, line] of this.#ready) {
      if (left <= 0) break;
      left -= line.length;
      lines.push(line);
      this.#ready.delete(client);
      if (this.#intervalMillis > 0)
        this.#told.set(client, { againMillis: nowMillis + this.#intervalMillis, line: undefined });
    }
    return lines;
  }

  /** What waited for its interval is ready if that is over. */
  endIntervals(nowMillis: number): void {
    for (const [client, { againMillis, line }] of this.#told) {
      // One that lies further ahead than an interval was set by a clock that has been put back.
      if (againMillis > nowMillis && againMillis <= nowMillis + this.#intervalMillis) return;
      this.forget(client);
      if (line !== undefined) this.#ready.set(client, line);
    }
  }
}
