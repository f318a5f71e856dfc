// Which connections watch which clients, and what they are told.
//
// The index is by client, so that a report which nobody watches costs a look-up, and nothing at all while there are no
// watches. A watch begins when its answer leaves; what a turn took is told at the end of the turn, after its answers. A
// reader that leaves too much unread is told nothing until it has read: the newest line of each client waits for it here.
// What waits and what was just told is bounded over all connections together. Keeps WT1 to WT7.

import { joinAnswers, type AnswerQueue, type Slot } from "./answer-queue.ts";
import { EVERY_CLIENT } from "./command.ts";
import type { Counters } from "./counters.ts";
import type { Ending } from "./ending.ts";
import type { ConnectionId, Effect } from "./events.ts";
import type { HerdConfig } from "./herd-config.ts";
import type { LogEntry } from "./log-entry.ts";
import type { Report } from "./report.ts";
import { ownCopy } from "./utf8.ts";
import { Watcher } from "./watcher.ts";

/**
 * The part of `limits.bufferedBytes` that told lines may fill: a character takes at most three bytes, so they alone never
 * come to where a connection is dropped.
 */
const BUFFERED_PART = 1 / 4;

/** How soon a reader that was slow is looked at again: nobody tells when it has read. */
const LOOK_AGAIN_MILLIS = 100;

const TOO_SLOW: Ending = { code: 1013, reason: "reads too slowly" };

export interface WatchHost {
  readonly config: HerdConfig;
  readonly nowMillis: number;
  readonly logsLines: boolean;
  readonly pending: { peek(client: string): Report | undefined };
  readonly counters: Counters;
  /** What was sent on a connection and not taken yet. */
  bufferedBytes(connection: ConnectionId): number;
  emit(effect: Effect): void;
  log(entry: LogEntry): void;
}

export class Watches {
  readonly #host: WatchHost;
  readonly #watchers = new Map<ConnectionId, Watcher>();
  readonly #byName = new Map<string, Set<Watcher>>();
  /** Watches whose answer has not left. */
  readonly #beginning = new Map<Watcher, Map<string, Slot>>();
  /** Those that have something to be told. */
  readonly #active = new Set<Watcher>();
  /** Those whose watches are to be remembered by their connection. */
  readonly #changed = new Set<Watcher>();
  /** Some reader has not taken what is ready. */
  #isAnySlow = false;
  /** Clients kept in memory for all watchers: their lines wait, or they were just told. */
  #kept = 0;
  readonly #intervalMillis: number;

  constructor(host: WatchHost) {
    this.#host = host;
    const { watchPerSecond } = host.config.limits;
    this.#intervalMillis = watchPerSecond === 0 ? 0 : 1000 / watchPerSecond;
  }

  get isEmpty(): boolean {
    return this.#watchers.size === 0;
  }

  get count(): number {
    return this.#watchers.values().reduce((sum, { names }) => sum + names.size, 0);
  }

  /** When somebody is to be told something; Infinity if nothing waits. POSIX milliseconds. */
  get dueMillis(): number {
    if (this.#active.size === 0) return Infinity;
    const intervals = this.#active.values().map(({ nextMillis }) => nextMillis);
    const slowMillis = this.#isAnySlow ? this.#host.nowMillis + LOOK_AGAIN_MILLIS : Infinity;
    return intervals.reduce((one, other) => Math.min(one, other), slowMillis);
  }

  /** Whether one more watch of this connection is above the limit. */
  isOverLimit(connection: ConnectionId, name: string): boolean {
    const names = this.#watchers.get(connection)?.names;
    return names?.has(name) !== true && (names?.size ?? 0) >= this.#host.config.limits.watches;
  }

  /** It begins when `slot`, its answer, has left. */
  begin(connection: ConnectionId, answers: AnswerQueue, slot: Slot, name: string): void {
    const watcher = this.#watcherOf(connection, answers);
    if (watcher.names.has(name)) return;
    const own = ownCopy(name);
    watcher.names.add(own);
    this.#changed.add(watcher);
    const beginning = this.#beginning.get(watcher) ?? new Map<string, Slot>();
    this.#beginning.set(watcher, beginning.set(own, slot));
    this.#host.log({ event: "watch begun", connection, client: name });
  }

  end(connection: ConnectionId, name: string): void {
    const watcher = this.#watchers.get(connection);
    if (watcher === undefined || !watcher.names.delete(name)) return;
    this.#changed.add(watcher);
    this.#beginning.get(watcher)?.delete(name);
    this.#leaveIndex(watcher, name);
    if (name === EVERY_CLIENT) watcher.forgetAllBut(watcher.names);
    else if (!watcher.names.has(EVERY_CLIENT)) watcher.forget(name);
    this.#count(watcher);
    this.#host.log({ event: "watch ended", connection, client: name });
  }

  /** The watches of a connection that outlived the life before. */
  resume(connection: ConnectionId, answers: AnswerQueue, names: readonly string[]): void {
    if (names.length === 0) return;
    const watcher = this.#watcherOf(connection, answers);
    for (const name of names) {
      watcher.names.add(name);
      this.#enterIndex(watcher, name);
    }
  }

  /** The connection is gone. */
  drop(connection: ConnectionId): void {
    const watcher = this.#watchers.get(connection);
    if (watcher === undefined) return;
    this.#watchers.delete(connection);
    this.#beginning.delete(watcher);
    this.#active.delete(watcher);
    this.#changed.delete(watcher);
    this.#kept -= watcher.counted;
    for (const name of watcher.names) this.#leaveIndex(watcher, name);
  }

  /** A report that the server took. */
  note({ client, line }: Report): void {
    this.#noteFor(this.#byName.get(client), client, line);
    this.#noteFor(this.#byName.get(EVERY_CLIENT), client, line);
  }

  /** Whose watches have changed: its connection is to remember them, before it is answered. */
  remember(): void {
    for (const { connection, names } of this.#changed)
      this.#host.emit({ type: "remember watches", connection, watches: [...names] });
    for (const watcher of this.#changed) if (watcher.names.size === 0) this.drop(watcher.connection);
    this.#changed.clear();
  }

  /** After the turn's answers: what may be told is told. Answers with those to be closed, who read too slowly. */
  tell(): readonly { readonly connection: ConnectionId; readonly ending: Ending }[] {
    for (const [watcher, slots] of this.#beginning) this.#beginAnswered(watcher, slots);
    if (this.#active.size === 0) return [];
    this.#tellActive();
    return this.#isFull ? this.#makeRoom() : [];
  }

  #noteFor(watchers: ReadonlySet<Watcher> | undefined, client: string, line: string): void {
    if (watchers === undefined) return;
    for (const watcher of watchers) {
      watcher.note(client, line);
      this.#active.add(watcher);
    }
  }

  #beginAnswered(watcher: Watcher, slots: Map<string, Slot>): void {
    for (const [name, slot] of slots) {
      if (watcher.answers.holds(slot)) continue;
      slots.delete(name);
      this.#enterIndex(watcher, name);
      const held = name === EVERY_CLIENT ? undefined : this.#host.pending.peek(name);
      if (held === undefined) continue;
      watcher.noteHeld(name, held.line);
      this.#active.add(watcher);
    }
    if (slots.size === 0) this.#beginning.delete(watcher);
  }

  #tellActive(): void {
    this.#isAnySlow = false;
    for (const watcher of this.#active) {
      this.#tellOne(watcher);
      this.#count(watcher);
      if (watcher.readyCount > 0) this.#isAnySlow = true;
      else if (watcher.nextMillis === Infinity) this.#active.delete(watcher);
    }
  }

  #tellOne(watcher: Watcher): void {
    const { config, nowMillis, counters } = this.#host;
    const { connection } = watcher;
    watcher.endIntervals(nowMillis);
    if (watcher.readyCount === 0) return;
    const { bufferedBytes, messageBytes } = config.limits;
    const room = bufferedBytes * BUFFERED_PART - this.#host.bufferedBytes(connection);
    const lines = watcher.take(nowMillis, room);
    if (lines.length === 0) return;
    counters.told += lines.length;
    if (this.#host.logsLines)
      for (const line of lines) this.#host.log({ event: "output", to: `client ${connection}`, line });
    const answers = lines.map((line) => `${line}\n`);
    for (const data of joinAnswers(answers, messageBytes)) this.#host.emit({ type: "send", connection, data });
  }

  get #isFull(): boolean {
    return this.#kept > this.#host.config.limits.watchWaiting;
  }

  #count(watcher: Watcher): void {
    this.#kept += watcher.size - watcher.counted;
    watcher.counted = watcher.size;
  }

  /** The slowest readers go first. If it is none of them, it is what was just told that takes the room. */
  #makeRoom(): { readonly connection: ConnectionId; readonly ending: Ending }[] {
    const slow = [...this.#active]
      .filter(({ readyCount }) => readyCount > 0)
      .toSorted((one, other) => other.size - one.size);
    const closed = [];
    for (const { connection } of slow) {
      if (!this.#isFull) return closed;
      this.drop(connection);
      closed.push({ connection, ending: TOO_SLOW });
    }
    if (!this.#isFull) return closed;
    for (const watcher of this.#watchers.values()) {
      watcher.forgetIntervals();
      this.#count(watcher);
    }
    this.#tellActive();
    return closed;
  }

  #watcherOf(connection: ConnectionId, answers: AnswerQueue): Watcher {
    const known = this.#watchers.get(connection);
    if (known !== undefined) return known;
    const watcher = new Watcher(connection, answers, this.#intervalMillis);
    this.#watchers.set(connection, watcher);
    return watcher;
  }

  #enterIndex(watcher: Watcher, name: string): void {
    const watchers = this.#byName.get(name);
    if (watchers === undefined) this.#byName.set(name, new Set([watcher]));
    else watchers.add(watcher);
  }

  #leaveIndex(watcher: Watcher, name: string): void {
    const watchers = this.#byName.get(name);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byName.delete(name);
  }
}
