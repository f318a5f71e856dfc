// A connection: two ends, and between them messages that keep their order and take their time.
//
// Cut, it loses what is under way beyond the cut, and each end hears of that in its own time, perhaps much later. An end
// whose owner died says nothing more; what reaches it is lost.

import type { World } from "./world.ts";

/** A delay that means: an end never hears that its connection is gone. */
export const NEVER_MILLIS = 10 ** 12;

/** Who is at an end. */
export interface Party {
  hear(data: string | Uint8Array): void;
  /** Once: the connection is gone. Also heard by the end that closed it. */
  lose(reason: string): void;
}

/** Sees every message of a connection, as it leaves and as it arrives. */
export interface Watch {
  sent(data: string): void;
  arrived(data: string): void;
}

export class ConnectionEnd {
  party: Party | undefined;
  /** What leaves from here. */
  watch: Watch | undefined;
  readonly #world: World;
  readonly #delayMillis: () => number;
  #other: ConnectionEnd = this;
  /** Closed from here, or its owner is dead. */
  #isClosed = false;
  #isOver = false;
  /** What would arrive here later than this is lost. POSIX milliseconds. */
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

  /** Not yet told here that it is gone. */
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

  /** Closes after everything sent before. */
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

  /** Cuts the connection. Of what is under way to an end, the part `keeps` (0 to 1) arrives. */
  cut(nearLoses: Loss, farLoses: Loss): void {
    this.#break(nearLoses);
    this.#other.#break(farLoses);
  }

  /** Something reaches this end, after all that was sent to it before. */
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

/** What a cut does to one end. */
export interface Loss {
  readonly keeps: number;
  /** How much later it hears of the cut. */
  readonly lateMillis: number;
}
