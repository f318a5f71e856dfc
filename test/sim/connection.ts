// A connection: two ends, and messages between them that keep their order and arrive after a delay.
//
// A cut loses messages that are on their way. Each end notices the cut at a time of its own, perhaps much later. An end whose
// owner died sends nothing more, and what reaches it is lost.

import type { World } from "./world.ts";

/** As a delay: an end never notices that its connection is gone. */
export const NEVER_MILLIS = 10 ** 12;

/** The owner of an end. */
export interface Party {
  hear(data: string | Uint8Array): void;
  /** Called once, when the connection is gone. Also called at the end that closed it. */
  lose(reason: string): void;
}

/** Sees every message of a connection when it leaves and when it arrives. */
export interface Watch {
  sent(data: string): void;
  arrived(data: string): void;
}

export class ConnectionEnd {
  party: Party | undefined;
  /** Sees what leaves from here. */
  watch: Watch | undefined;
  readonly #world: World;
  readonly #delayMillis: () => number;
  #other: ConnectionEnd = this;
  /** Closed from here, or its owner is dead. */
  #isClosed = false;
  #isOver = false;
  /** Messages that would arrive here later than this are lost. POSIX milliseconds. */
  #cutAtMillis = Infinity;
  #lastArrivalMillis = 0;

  private constructor(world: World, delayMillis: () => number) {
    this.#world = world;
    this.#delayMillis = delayMillis;
  }

  /** A new connection. `delayMillis` is asked anew for each message. */
  static pair(world: World, delayMillis: () => number): readonly [near: ConnectionEnd, far: ConnectionEnd] {
    const [near, far] = [new ConnectionEnd(world, delayMillis), new ConnectionEnd(world, delayMillis)];
    near.#other = far;
    far.#other = near;
    return [near, far];
  }

  /** This end has not noticed yet that the connection is gone. */
  get isOpen(): boolean {
    return !this.#isOver && !this.#isClosed;
  }

  /** Closed from here. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isCut(): boolean {
    return this.#cutAtMillis !== Infinity;
  }

  send(data: string | Uint8Array): void {
    if (!this.isOpen) return;
    if (typeof data === "string") this.watch?.sent(data);
    this.#other.arriveAfter(0, () => {
      if (typeof data === "string") this.watch?.arrived(data);
      this.#other.party?.hear(data);
    });
  }

  /** Closes after everything that was sent before. */
  close(reason: string, lateMillis = 0): void {
    if (!this.isOpen) return;
    this.#isClosed = true;
    this.#other.arriveAfter(lateMillis, () => {
      this.#other.#end(reason);
      this.arriveAfter(0, () => this.#end(reason));
    });
  }

  /** The owner of this end is dead. */
  abandon(lateMillis: number): void {
    this.party = undefined;
    if (lateMillis === NEVER_MILLIS) this.#other.#break({ keeps: 1, lateMillis });
    else this.close("broken off", lateMillis);
    this.#isOver = true;
  }

  /** Cuts the connection. The part `keeps` (0 to 1) of the messages on their way to an end still arrives. */
  cut(nearLoses: Loss, farLoses: Loss): void {
    this.#break(nearLoses);
    this.#other.#break(farLoses);
  }

  /** Something reaches this end, after everything that was sent to it before. */
  arriveAfter(moreMillis: number, happen: () => void): void {
    const atMillis = Math.max(this.#lastArrivalMillis, this.#world.nowMillis + this.#delayMillis() + moreMillis);
    if (this.isCut) return;
    this.#lastArrivalMillis = atMillis;
    this.#world.at(atMillis, () => {
      if (atMillis <= this.#cutAtMillis) happen();
    });
  }

  #break({ keeps, lateMillis }: Loss): void {
    if (this.isCut) return;
    const { nowMillis } = this.#world;
    const underWayMillis = Math.max(0, this.#lastArrivalMillis - nowMillis);
    this.#cutAtMillis = nowMillis + Math.floor(underWayMillis * keeps);
    if (lateMillis !== NEVER_MILLIS) this.#world.at(this.#cutAtMillis + lateMillis, () => this.#end("cut"));
  }

  #end(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.party?.lose(reason);
  }
}

/** The effect of a cut on one end. */
export interface Loss {
  readonly keeps: number;
  /** How much later it notices the cut. */
  readonly lateMillis: number;
}
