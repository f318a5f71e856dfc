// Which watches wait for a client to fall silent, and when that is.
//
// A silence counts from the receive time of the report that the server holds. Each report moves it on, so it is noted in memory and
// nothing is set for it: there is one time at which to look, the earliest possible end of any count, and most looks only find
// the next one. A look is at a whole second, so however many clients fall silent there is one a second at most. By the steady
// clock, so that no count becomes longer when the clock is set back. Keeps WT19 to WT22, WT25, WT26 and LI26.

import type { TurnPort } from "../contract/turn-port.ts";
import type { ConnectionId } from "../protocol/connection.ts";
import { heardOf, receiveMillisOf } from "../protocol/receive-time.ts";
import { isForgotten, type Report } from "../protocol/report.ts";

/** A receive time further ahead of the clock than this is not believed. Less is how far servers' clocks are apart. */
const AHEAD_MILLIS_MAX = 1000;

/** Looks are at whole seconds, in milliseconds. */
const LOOK_MILLIS = 1000;

/** How a watch's silence is remembered with its connection. */
export interface RememberedSilence {
  readonly seconds: number;
  /** From when it counts in place of a receive time: no report was held, or its time was not believed. POSIX milliseconds. */
  readonly countsFromMillis: number | undefined;
  /** The silence that lasts was told. */
  readonly isTold: boolean;
}

export interface SilenceWatch {
  readonly connection: ConnectionId;
  readonly client: string;
  /** What of it has to outlive the memory of the server. */
  remembered: RememberedSilence;
  /** From when it counts, by the steady clock. */
  fromMillis: number;
}

interface SilencePorts {
  readonly turn: Pick<TurnPort, "nowMillis" | "steadyMillis">;
  /** Reads what is held of a client, without making it durable. */
  readonly peek: (client: string) => Report | undefined;
  /** Whether the newest report of the client is still to be told. */
  readonly isToCome: (client: string) => boolean;
  /** What has to be remembered of this watch has changed. */
  readonly changed: (watch: SilenceWatch) => void;
}

export class Silences {
  readonly #ports: SilencePorts;
  readonly #watches = new Set<SilenceWatch>();
  readonly #byClient = new Map<string, Map<ConnectionId, SilenceWatch>>();
  /** Watches that woke with the server. The first turn has the time from which they count. */
  readonly #resumed: SilenceWatch[] = [];
  /** No silence that is not told is complete earlier, by the steady clock; Infinity if there is none. */
  #nextMillis = Infinity;

  constructor(ports: SilencePorts) {
    this.#ports = ports;
  }

  /** When to look, by the steady clock; Infinity if nobody waits for a silence. */
  get lookMillis(): number {
    const millis = this.#nextMillis;
    return millis <= this.#ports.turn.steadyMillis ? millis : wholeSecondFrom(millis);
  }

  get(connection: ConnectionId, client: string): SilenceWatch | undefined {
    return this.#byClient.get(client)?.get(connection);
  }

  /** Begins a watch, or replaces its seconds. A silence that lasts is told again. */
  set(connection: ConnectionId, client: string, seconds: number): void {
    const known = this.get(connection, client);
    const watch = known ?? this.#enter(connection, client, { seconds, countsFromMillis: undefined, isTold: false });
    if (known === undefined) this.#countFrom(watch, this.#ports.peek(client));
    watch.remembered = { ...watch.remembered, seconds, isTold: false };
    this.#expect(watch);
  }

  /** A watch that outlived the memory of its server. */
  resume(connection: ConnectionId, client: string, remembered: RememberedSilence): void {
    this.#resumed.push(this.#enter(connection, client, remembered));
  }

  /** Returns whether there was one. */
  delete(connection: ConnectionId, client: string): boolean {
    const watch = this.get(connection, client);
    if (watch === undefined) return false;
    this.#watches.delete(watch);
    const others = this.#byClient.get(client);
    others?.delete(connection);
    if (others?.size === 0) this.#byClient.delete(client);
    if (this.#watches.size === 0) this.#nextMillis = Infinity;
    return true;
  }

  /** The server has accepted this report. Returns the watches that wait for the client's silence. */
  note(report: Report): Iterable<SilenceWatch> {
    const watches = this.#byClient.get(report.client);
    if (watches === undefined) return [];
    for (const watch of watches.values()) {
      // Of a client that was forgotten nothing is held.
      this.#countFrom(watch, isForgotten(report) ? undefined : report);
      // One that was heard too long ago ends nothing.
      if (!this.#isSilent(watch)) this.#setTold(watch, false);
      this.#expect(watch);
    }
    return watches.values();
  }

  /** What was to be told of its silence did not leave, and is wrong by now. */
  tellAgain(watch: SilenceWatch): void {
    this.#setTold(watch, false);
    this.#expect(watch);
  }

  /** Removes and returns the watches whose silence is to be told now. Each is told once. */
  takeSilent(): readonly SilenceWatch[] {
    for (const watch of this.#resumed.splice(0)) this.#countAgain(watch);
    const { steadyMillis } = this.#ports.turn;
    if (this.#nextMillis > steadyMillis) return [];
    this.#nextMillis = Infinity;
    const silent: SilenceWatch[] = [];
    for (const watch of this.#watches) {
      if (watch.remembered.isTold) continue;
      if (!this.#isSilent(watch)) this.#expect(watch);
      // The report comes before its silence.
      else if (this.#ports.isToCome(watch.client))
        this.#nextMillis = Math.min(this.#nextMillis, wholeSecondFrom(steadyMillis + 1));
      else silent.push(watch);
    }
    for (const watch of silent) this.#setTold(watch, true);
    return silent;
  }

  #isSilent({ fromMillis, remembered }: SilenceWatch): boolean {
    return fromMillis + remembered.seconds * 1000 <= this.#ports.turn.steadyMillis;
  }

  /** Its silence is not told. */
  #expect({ fromMillis, remembered }: SilenceWatch): void {
    if (!remembered.isTold) this.#nextMillis = Math.min(this.#nextMillis, fromMillis + remembered.seconds * 1000);
  }

  #setTold(watch: SilenceWatch, isTold: boolean): void {
    if (watch.remembered.isTold === isTold) return;
    watch.remembered = { ...watch.remembered, isTold };
    this.#ports.changed(watch);
  }

  /** Its count begins with this report, or without one now. */
  #countFrom(watch: SilenceWatch, held: Report | undefined): void {
    const { nowMillis } = this.#ports.turn;
    const receiveMillis = held && receiveMillisOf(heardOf(held.line));
    const isBelieved = receiveMillis !== undefined && receiveMillis <= nowMillis + AHEAD_MILLIS_MAX;
    this.#count(watch, isBelieved ? receiveMillis : nowMillis, isBelieved ? undefined : nowMillis);
  }

  /** In a new life of the server: what it counted from before, if that was no receive time. */
  #countAgain(watch: SilenceWatch): void {
    const { countsFromMillis } = watch.remembered;
    const { nowMillis } = this.#ports.turn;
    if (countsFromMillis === undefined) this.#countFrom(watch, this.#ports.peek(watch.client));
    else this.#count(watch, Math.min(countsFromMillis, nowMillis), countsFromMillis);
    this.#expect(watch);
  }

  #count(watch: SilenceWatch, fromMillis: number, countsFromMillis: number | undefined): void {
    const { nowMillis, steadyMillis } = this.#ports.turn;
    watch.fromMillis = steadyMillis - nowMillis + fromMillis;
    if (watch.remembered.countsFromMillis === countsFromMillis) return;
    watch.remembered = { ...watch.remembered, countsFromMillis };
    this.#ports.changed(watch);
  }

  #enter(connection: ConnectionId, client: string, remembered: RememberedSilence): SilenceWatch {
    const watch: SilenceWatch = { connection, client, remembered, fromMillis: Infinity };
    this.#watches.add(watch);
    const others = this.#byClient.get(client);
    if (others === undefined) this.#byClient.set(client, new Map([[connection, watch]]));
    else others.set(connection, watch);
    return watch;
  }
}

function wholeSecondFrom(millis: number): number {
  return Math.ceil(millis / LOOK_MILLIS) * LOOK_MILLIS;
}
