// Which connections watch which clients, and what they are told.
//
// The index is by client: a report that nobody watches costs a look-up, and where nobody watches anything not even that.
// A watch begins when its answer leaves. What a turn took is told at the end of the turn, after its answers. A reader that
// leaves too much unread is told nothing until it has read: the newest line of each client waits for it here, within
// limits for all readers together. There is something to wake for only while something waits. Keeps WT1 to WT7.

import { joinAnswers } from "./response-pipeline.ts";
import { EVERY_CLIENT } from "../commands/command.ts";
import type { Counters } from "../contract/counters.ts";
import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId, Effect } from "../contract/events.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import type { LogEntry } from "../contract/log-entry.ts";
import { ConflatingThrottle } from "../lib/conflating-throttle.ts";
import type { Report } from "../protocol/report.ts";
import { Subscriber } from "./subscriber.ts";

/**
 * The part of `limits.bufferedBytes` that told lines may fill: a character takes at most three bytes, so they alone never
 * come to where a connection is dropped.
 */
const BUFFERED_PART = 1 / 4;

/** How soon slow readers are looked at again: nobody tells when one has read. */
const LOOK_AGAIN_MILLIS = 100;

const TOO_SLOW: CloseReason = { code: 1013, reason: "reads too slowly" };

interface WatchHost {
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

export class Subscriptions {
  readonly #host: WatchHost;
  readonly #pace: ConflatingThrottle;
  readonly #watchers = new Map<ConnectionId, Subscriber>();
  readonly #byName = new Map<string, Set<Subscriber>>();
  #count = 0;
  /** Those that have something to be told. */
  readonly #toTell = new Set<Subscriber>();
  /** When slow readers are looked at again, POSIX milliseconds. */
  #lookMillis = Infinity;
  /** Those whose connections are to remember what they watch. */
  readonly #changed = new Set<Subscriber>();

  constructor(host: WatchHost) {
    this.#host = host;
    this.#pace = new ConflatingThrottle(host.config.limits.watchPerSecond);
  }

  /** Watches of all connections. */
  get count(): number {
    return this.#count;
  }

  /** When somebody may be told something; Infinity if nothing waits. POSIX milliseconds. */
  get dueMillis(): number {
    return Math.min(this.#pace.nextMillis, this.#toTell.size > 0 ? this.#lookMillis : Infinity);
  }

  /** Whether the connection may watch this as well. */
  hasRoomFor(connection: ConnectionId, name: string): boolean {
    const { watches, watchesOfAll } = this.#host.config.limits;
    const names = this.#watchers.get(connection)?.names;
    return names?.has(name) === true || ((names?.size ?? 0) < watches && this.#count < watchesOfAll);
  }

  /** Begins a watch. The report held of the client, which the watcher is told at once. `name` is kept. */
  begin(connection: ConnectionId, name: string): Report | undefined {
    const watcher = this.#watcherOf(connection);
    if (!watcher.names.has(name)) {
      this.#enter(watcher, name);
      this.#changed.add(watcher);
    }
    if (name === EVERY_CLIENT) return undefined;
    const held = this.#host.pending.peek(name);
    if (held !== undefined) watcher.answer(name, held.line, this.#pace.isWaiting(name));
    return held;
  }

  end(connection: ConnectionId, name: string): void {
    const watcher = this.#watchers.get(connection);
    if (watcher === undefined || !watcher.names.has(name)) return;
    this.#leave(watcher, name);
    this.#changed.add(watcher);
    if (name === EVERY_CLIENT) watcher.forget();
    else if (!watcher.names.has(EVERY_CLIENT)) watcher.forget(name);
  }

  /** The watches of a connection that outlived the life before. */
  resume(connection: ConnectionId, names: readonly string[]): void {
    for (const name of names) this.#enter(this.#watcherOf(connection), name);
  }

  /** The connection is gone. */
  drop(connection: ConnectionId): void {
    const watcher = this.#watchers.get(connection);
    if (watcher === undefined) return;
    for (const name of watcher.names) this.#leave(watcher, name);
    this.#watchers.delete(connection);
    this.#toTell.delete(watcher);
    this.#changed.delete(watcher);
  }

  /** A report that the server took. */
  note({ client, line }: Report): void {
    if (!this.#byName.has(client) && !this.#byName.has(EVERY_CLIENT)) return;
    if (this.#pace.admit(client, line, this.#host.nowMillis)) this.#spread(client, line);
  }

  /** Before the turn's answers, with which watches begin and end: what has waited for its interval waits no more. */
  release(): void {
    if (this.#count === 0) return;
    for (const [client, line] of this.#pace.takeDue(this.#host.nowMillis)) this.#spread(client, line);
  }

  /** Before a connection is answered: it is to remember what it watches from now on. */
  remember(): void {
    if (this.#changed.size === 0) return;
    for (const watcher of this.#changed) {
      const { connection, names } = watcher;
      this.#host.emit({ type: "remember subscriptions", connection, watches: [...names] });
      if (names.size === 0) this.drop(connection);
    }
    this.#changed.clear();
  }

  /** After the turn's answers: tells what may be told. Answers with those to be closed, who read too slowly. */
  tell(): readonly { readonly connection: ConnectionId; readonly closeReason: CloseReason }[] {
    if (this.#toTell.size === 0) return [];
    const isToLook = this.#isToLook;
    if (isToLook) this.#lookMillis = Infinity;
    for (const watcher of this.#toTell) if (isToLook || watcher.slowSinceMillis === undefined) this.#tellOne(watcher);
    if (this.#toTell.size > 0) this.#lookMillis = Math.min(this.#lookMillis, this.#host.nowMillis + LOOK_AGAIN_MILLIS);
    return this.#tooSlow().map(({ connection }) => ({ connection, closeReason: TOO_SLOW }));
  }

  /** A look that lies further ahead was planned before the clock was put back. */
  get #isToLook(): boolean {
    const { nowMillis } = this.#host;
    return this.#lookMillis <= nowMillis || this.#lookMillis > nowMillis + LOOK_AGAIN_MILLIS;
  }

  #spread(client: string, line: string): void {
    for (const watcher of this.#byName.get(client) ?? []) this.#add(watcher, client, line);
    if (client === EVERY_CLIENT) return;
    for (const watcher of this.#byName.get(EVERY_CLIENT) ?? [])
      if (!watcher.names.has(client)) this.#add(watcher, client, line);
  }

  #add(watcher: Subscriber, client: string, line: string): void {
    watcher.add(client, line);
    this.#toTell.add(watcher);
  }

  #tellOne(watcher: Subscriber): void {
    const { config, nowMillis, counters } = this.#host;
    const { connection } = watcher;
    const { bufferedBytes, messageBytes } = config.limits;
    const lines = watcher.take(bufferedBytes * BUFFERED_PART - this.#host.bufferedBytes(connection));
    counters.told += lines.length;
    if (this.#host.logsLines)
      for (const line of lines) this.#host.log({ event: "output", to: `client ${connection}`, line });
    const answers = lines.map((line) => `${line}\n`);
    for (const data of joinAnswers(answers, messageBytes)) this.#host.emit({ type: "send", connection, data });
    if (watcher.readyCount === 0) {
      this.#toTell.delete(watcher);
      watcher.slowSinceMillis = undefined;
    } else if (lines.length > 0 || watcher.slowSinceMillis === undefined) watcher.slowSinceMillis = nowMillis;
  }

  /** Those for whom lines wait that they do not take, and, while more wait than may, those for whom most do. */
  #tooSlow(): readonly Subscriber[] {
    const { watchWaiting, watchStallSeconds } = this.#host.config.limits;
    const stalledMillis = this.#host.nowMillis - watchStallSeconds * 1000;
    let waiting = 0;
    const slow: Subscriber[] = [];
    for (const watcher of this.#toTell) {
      if ((watcher.slowSinceMillis ?? Infinity) <= stalledMillis) slow.push(watcher);
      else waiting += watcher.readyCount;
    }
    if (waiting <= watchWaiting) return slow;
    const stalled = new Set(slow);
    const others = [...this.#toTell].filter((watcher) => !stalled.has(watcher));
    for (const watcher of others.toSorted((one, other) => other.readyCount - one.readyCount)) {
      if (waiting <= watchWaiting) break;
      waiting -= watcher.readyCount;
      slow.push(watcher);
    }
    return slow;
  }

  #watcherOf(connection: ConnectionId): Subscriber {
    const known = this.#watchers.get(connection);
    if (known !== undefined) return known;
    const watcher = new Subscriber(connection);
    this.#watchers.set(connection, watcher);
    return watcher;
  }

  #enter(watcher: Subscriber, name: string): void {
    watcher.names.add(name);
    this.#count++;
    const watchers = this.#byName.get(name);
    if (watchers === undefined) this.#byName.set(name, new Set([watcher]));
    else watchers.add(watcher);
  }

  #leave(watcher: Subscriber, name: string): void {
    watcher.names.delete(name);
    this.#count--;
    const watchers = this.#byName.get(name);
    watchers?.delete(watcher);
    if (watchers?.size === 0) this.#byName.delete(name);
    if (this.#count === 0) this.#pace.clear();
  }
}
