// Which connections watch what, and what they are told.
//
// The index is by client: a report that nobody selects costs one look-up. A selector of several clients is asked about each
// report. A watch begins when its answer leaves. The reports that a turn accepts are told at the end of the turn, after its
// answers. A connection that leaves too much unread is told nothing until it has read: the newest report of each client waits
// here, within limits for all connections together. The server has to wake only while something waits. Keeps WT1, WT3 to
// WT7, WT9 to WT13, WT20 to WT23, WT26 and LI25.

import type { HerdConfig } from "../config/herd-config.ts";
import { READS_TOO_SLOWLY, type CloseReason } from "../contract/close-reason.ts";
import type { Counters } from "../contract/counters.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import { ConflatingThrottle } from "../lib/conflating-throttle.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import type { Report } from "../protocol/report.ts";
import { conflated, newsOf, type News } from "./news.ts";
import { joinAnswers } from "./response-pipeline.ts";
import { formatWatch, readWatch } from "./remembered-watch.ts";
import { selectorOf, type Selector } from "./selector.ts";
import { Silences } from "./silences.ts";
import { Subscriber } from "./subscriber.ts";

/**
 * The part of `limits.bufferedBytes` that told lines may fill. A character has at most three bytes, so told lines alone never
 * reach the limit at which a connection is dropped.
 */
const BUFFERED_PART = 1 / 4;

/** How soon slow readers are looked at again: no event tells that one has read. */
const LOOK_AGAIN_MILLIS = 100;

/** What subscriptions use of the server. */
interface SubscriptionPorts {
  readonly limits: HerdConfig["limits"];
  readonly turn: TurnPort;
  readonly counters: Counters;
  /** Reads what is held of a client, without making it durable. */
  readonly pending: { peek(client: string): Report | undefined };
  /** How much was sent on a connection and not taken yet, in bytes. */
  readonly bufferedBytes: (connection: ConnectionId) => number;
  /** How many bytes the connection may be told now, of what its address may be told in a second (LI25). */
  readonly tellableBytes: (connection: ConnectionId) => number;
  /** It is told so many. */
  readonly told: (connection: ConnectionId, bytes: number) => void;
}

/** A selector of several clients, and its subscribers. */
interface WideSelection {
  readonly selector: Selector;
  readonly subscribers: Set<Subscriber>;
}

export class Subscriptions {
  readonly #ports: SubscriptionPorts;
  readonly #throttle: ConflatingThrottle<News>;
  readonly #silences: Silences;
  readonly #subscribers = new Map<ConnectionId, Subscriber>();
  readonly #byClient = new Map<string, Set<Subscriber>>();
  /** By key. */
  readonly #wide = new Map<string, WideSelection>();
  #count = 0;
  /** Subscribers with something that they have not been told. */
  readonly #toTell = new Set<Subscriber>();
  /** When slow readers are looked at again, by the steady clock. */
  #lookMillis = Infinity;
  /** Subscribers whose connections do not remember yet what they watch. */
  readonly #changed = new Set<Subscriber>();

  constructor(ports: SubscriptionPorts) {
    this.#ports = ports;
    this.#throttle = new ConflatingThrottle(ports.limits.watchPerSecond);
    this.#silences = new Silences({
      turn: ports.turn,
      peek: (client) => ports.pending.peek(client),
      isToCome: (client) => this.#throttle.isWaiting(client),
      changed: ({ connection }) => {
        const subscriber = this.#subscribers.get(connection);
        if (subscriber !== undefined) this.#changed.add(subscriber);
      },
    });
  }

  /** Watches of all connections. */
  get count(): number {
    return this.#count;
  }

  /** When the next report can be told, by the steady clock; Infinity if none waits. */
  get dueMillis(): number {
    return Math.min(this.#throttle.nextMillis, this.#toTell.size > 0 ? this.#lookMillis : Infinity);
  }

  /** When a silence may have to be told, by the steady clock; Infinity if nobody waits for one. */
  get silenceMillis(): number {
    return this.#silences.lookMillis;
  }

  /** Whether the connection may watch this as well. */
  hasRoomFor(connection: ConnectionId, key: string): boolean {
    const { watches, watchesOfAll } = this.#ports.limits;
    const selectors = this.#subscribers.get(connection)?.selectors;
    return selectors?.has(key) === true || ((selectors?.size ?? 0) < watches && this.#count < watchesOfAll);
  }

  /**
   * Begins a watch. Returns the current report, if it selects a single client: the answer tells it. `key` is kept. `silenceSeconds`:
   * its silence that is told as well, if it selects a single client.
   */
  begin(connection: ConnectionId, key: string, silenceSeconds: number | undefined): Report | undefined {
    const subscriber = this.#subscriberOf(connection);
    const selector = selectorOf(key);
    if (!subscriber.selectors.has(key)) {
      this.#enter(subscriber, selector);
      this.#changed.add(subscriber);
    }
    this.#beginSilence(subscriber, key, silenceSeconds);
    if (selector.client === undefined) return undefined;
    const held = this.#ports.pending.peek(selector.client);
    if (held !== undefined) subscriber.answer(held, this.#throttle.isWaiting(selector.client));
    return held;
  }

  end(connection: ConnectionId, key: string): void {
    const subscriber = this.#subscribers.get(connection);
    const selector = subscriber?.selectors.get(key);
    if (subscriber === undefined || selector === undefined) return;
    this.#leave(subscriber, selector);
    this.#changed.add(subscriber);
    this.#silences.delete(connection, key);
    subscriber.forget(selector);
  }

  /** The watches of a connection that outlived the memory of its server, as they were remembered. */
  resume(connection: ConnectionId, watches: readonly string[]): void {
    for (const { key, silence } of watches.map(readWatch)) {
      this.#enter(this.#subscriberOf(connection), selectorOf(key));
      if (silence !== undefined) this.#silences.resume(connection, key, silence);
    }
  }

  /** The connection is gone. */
  drop(connection: ConnectionId): void {
    const subscriber = this.#subscribers.get(connection);
    if (subscriber === undefined) return;
    for (const selector of subscriber.selectors.values()) {
      this.#leave(subscriber, selector);
      this.#silences.delete(connection, selector.key);
    }
    this.#subscribers.delete(connection);
    this.#toTell.delete(subscriber);
    this.#changed.delete(subscriber);
  }

  /** The server has accepted this report. `before`: what it held of the client. `lapsed`: what it held, though that was past keeping. */
  note(report: Report, before: Report | undefined, lapsed?: Report): void {
    if (this.#wide.size === 0 && !this.#byClient.has(report.client)) return;
    const latest = newsOf(report, before, lapsed);
    if (latest.first !== undefined) this.#noteForSilences(latest.first);
    this.#noteForSilences(report);
    const news = conflated(this.#throttle.waiting(report.client), latest);
    if (this.#throttle.admit(report.client, news, this.#ports.turn.steadyMillis)) this.#spread(news);
  }

  #noteForSilences(report: Report): void {
    for (const watch of this.#silences.note(report))
      if (this.#subscribers.get(watch.connection)?.forgetSilence(report.client) === true)
        this.#silences.tellAgain(watch);
  }

  /** Passes on the reports whose interval is over. It comes before the turn's answers, which begin and end watches. */
  release(): void {
    if (this.#count === 0) return;
    for (const [, news] of this.#throttle.takeDue(this.#ports.turn.steadyMillis)) this.#spread(news);
  }

  /** Finds the clients that have fallen silent. Before the commit, which may have to set the alarm, and after the answers, which begin watches. */
  lookForSilences(): void {
    for (const { connection, client } of this.#silences.takeSilent()) {
      const subscriber = this.#subscribers.get(connection);
      if (subscriber === undefined) continue;
      subscriber.addSilence(client, this.#ports.pending.peek(client));
      this.#toTell.add(subscriber);
    }
  }

  /** Before a connection is answered: tells it to remember what it watches from now on. */
  remember(): void {
    if (this.#changed.size === 0) return;
    for (const subscriber of this.#changed) {
      const { connection, selectors } = subscriber;
      const watches = [...selectors.keys()].map((key) =>
        formatWatch(key, this.#silences.get(connection, key)?.remembered),
      );
      this.#ports.turn.emit({ type: "remember subscriptions", connection, watches });
      if (selectors.size === 0) this.drop(connection);
    }
    this.#changed.clear();
  }

  /** After the turn's answers: tells what can be told. Returns the connections to close, which read too slowly. */
  tell(): readonly { readonly connection: ConnectionId; readonly reason: CloseReason }[] {
    this.lookForSilences();
    this.remember();
    if (this.#toTell.size === 0) return [];
    const isToLook = this.#isToLook;
    if (isToLook) this.#lookMillis = Infinity;
    // Those that are not told all come again at the end.
    const toTell = Array.from(this.#toTell);
    for (const subscriber of toTell)
      if (isToLook || subscriber.slowSinceMillis === undefined) this.#tellOne(subscriber);
    if (this.#toTell.size > 0)
      this.#lookMillis = Math.min(this.#lookMillis, this.#ports.turn.steadyMillis + LOOK_AGAIN_MILLIS);
    return this.#tooSlow().map(({ connection }) => ({ connection, reason: READS_TOO_SLOWLY }));
  }

  #beginSilence(subscriber: Subscriber, client: string, seconds: number | undefined): void {
    const { connection } = subscriber;
    subscriber.forgetSilence(client);
    if (seconds !== undefined) this.#silences.set(connection, client, seconds);
    if (seconds !== undefined || this.#silences.delete(connection, client)) this.#changed.add(subscriber);
  }

  get #isToLook(): boolean {
    return this.#lookMillis <= this.#ports.turn.steadyMillis;
  }

  #spread(news: News): void {
    for (const subscriber of this.#selecting(news.report)) {
      subscriber.add(news);
      this.#toTell.add(subscriber);
    }
  }

  /** Each subscriber that selects a report, once. */
  #selecting(report: Report): Iterable<Subscriber> {
    const named = this.#byClient.get(report.client);
    if (this.#wide.size === 0) return named ?? [];
    const selecting = new Set(named);
    for (const { selector, subscribers } of this.#wide.values())
      if (selector.selects(report)) for (const subscriber of subscribers) selecting.add(subscriber);
    return selecting;
  }

  #tellOne(subscriber: Subscriber): void {
    const { limits, turn, counters } = this.#ports;
    const { connection } = subscriber;
    const { bufferedBytes, messageBytes } = limits;
    const tellable = this.#ports.tellableBytes(connection);
    const room = bufferedBytes * BUFFERED_PART - this.#ports.bufferedBytes(connection);
    const lines = subscriber.take(Math.min(room, tellable));
    counters.told += lines.length;
    if (this.#ports.turn.logsLines)
      for (const line of lines) this.#ports.turn.log({ event: "output", to: `client ${connection}`, line });
    const answers = lines.map((line) => `${line}\n`);
    let bytes = 0;
    for (const data of joinAnswers(answers, messageBytes)) {
      this.#ports.turn.emit({ type: "send", connection, data });
      bytes += data.length;
    }
    if (bytes > 0) this.#ports.told(connection, bytes);
    this.#toTell.delete(subscriber);
    if (subscriber.readyCount === 0) {
      subscriber.slowSinceMillis = undefined;
      return;
    }
    // Next time others of its address come first.
    this.#toTell.add(subscriber);
    // Who has to wait for others of its address does not read slowly.
    if (lines.length > 0 || (subscriber.slowSinceMillis === undefined && tellable > 0))
      subscriber.slowSinceMillis = turn.steadyMillis;
  }

  /** Subscribers that take none of their lines and, while too many lines wait, those with the most. */
  #tooSlow(): readonly Subscriber[] {
    const { watchWaiting, watchStallSeconds } = this.#ports.limits;
    const stalledMillis = this.#ports.turn.steadyMillis - watchStallSeconds * 1000;
    let waiting = 0;
    const slow: Subscriber[] = [];
    for (const subscriber of this.#toTell) {
      if ((subscriber.slowSinceMillis ?? Infinity) <= stalledMillis) slow.push(subscriber);
      else waiting += subscriber.readyCount;
    }
    if (waiting <= watchWaiting) return slow;
    const stalled = new Set(slow);
    const others = [...this.#toTell].filter((subscriber) => !stalled.has(subscriber));
    for (const subscriber of others.toSorted((one, other) => other.readyCount - one.readyCount)) {
      if (waiting <= watchWaiting) break;
      waiting -= subscriber.readyCount;
      slow.push(subscriber);
    }
    return slow;
  }

  #subscriberOf(connection: ConnectionId): Subscriber {
    const known = this.#subscribers.get(connection);
    if (known !== undefined) return known;
    const subscriber = new Subscriber(connection);
    this.#subscribers.set(connection, subscriber);
    return subscriber;
  }

  #enter(subscriber: Subscriber, selector: Selector): void {
    subscriber.selectors.set(selector.key, selector);
    this.#count++;
    const { client, key } = selector;
    const others = client === undefined ? this.#wide.get(key)?.subscribers : this.#byClient.get(client);
    if (others !== undefined) others.add(subscriber);
    else if (client !== undefined) this.#byClient.set(client, new Set([subscriber]));
    else this.#wide.set(key, { selector, subscribers: new Set([subscriber]) });
  }

  #leave(subscriber: Subscriber, { key, client }: Selector): void {
    subscriber.selectors.delete(key);
    this.#count--;
    const others = client === undefined ? this.#wide.get(key)?.subscribers : this.#byClient.get(client);
    others?.delete(subscriber);
    if (others?.size === 0) (client === undefined ? this.#wide : this.#byClient).delete(key);
    if (this.#count === 0) this.#throttle.clear();
  }
}
