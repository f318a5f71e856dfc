// What of the floods is in the air: a spark for each hop, a ring where one arrives.
//
// A hop takes milliseconds and nobody would see it, so each is shown for most of a second; but in its order: a spark leaves a
// server only when the one that brought the report there has arrived. Where somebody looks at one flood, those are large.
// Keeps PG4.

import { arcBetween, straight, type Curve } from "./curve.ts";
import type { Flood, Hop } from "../model/flood-tracker.ts";
import type { Point } from "./plane.ts";

export interface Spark {
  readonly client: string;
  readonly curve: Curve;
  readonly tone: number;
  readonly isLarge: boolean;
  /** Milliseconds of the page's clock. */
  readonly begins: number;
  readonly ends: number;
}

export interface Ring {
  readonly at: Point;
  readonly tone: number;
  readonly begins: number;
  readonly ends: number;
}

const HOP_MILLIS = { large: 750, small: 550 } as const;
const RING_MILLIS = 900;
/** In the air at most: more could not be told apart. */
const SPARKS_MAX = 6000;

export class Sparks {
  sparks: Spark[] = [];
  rings: Ring[] = [];
  /** When each server of a flood has been shown to have the report. */
  readonly #arrivals = new WeakMap<Flood, Map<string, number>>();
  /** Whoever asked for less motion sees where a report arrived, and no flight. */
  isStill = false;

  /** Shows a hop between two points. When it will have arrived, in milliseconds of the page's clock. */
  show(
    flood: Flood,
    hop: Hop,
    from: Point | undefined,
    to: Point,
    { tone, isLarge, nowMillis }: { readonly tone: number; readonly isLarge: boolean; readonly nowMillis: number },
  ): number {
    const arrivals = this.#arrivalsOf(flood);
    const begins = Math.max(nowMillis, hop.from === undefined ? nowMillis : (arrivals.get(hop.from) ?? nowMillis));
    const isFlying = from !== undefined && !this.isStill && this.sparks.length < SPARKS_MAX;
    const ends = isFlying ? begins + (isLarge ? HOP_MILLIS.large : HOP_MILLIS.small) : begins;
    arrivals.set(hop.to, ends);
    if (isFlying) {
      const curve = hop.from === undefined ? straight(from, to) : arcBetween(from, to);
      this.sparks.push({ client: flood.client, curve, tone, isLarge, begins, ends });
    }
    if (isLarge) this.rings.push({ at: to, tone, begins: ends, ends: ends + RING_MILLIS });
    return ends;
  }

  /** Lets go of what is over; whether anything is left. */
  settle(nowMillis: number): boolean {
    if (this.sparks.some(({ ends }) => ends <= nowMillis))
      this.sparks = this.sparks.filter(({ ends }) => ends > nowMillis);
    if (this.rings.some(({ ends }) => ends <= nowMillis))
      this.rings = this.rings.filter(({ ends }) => ends > nowMillis);
    return this.sparks.length + this.rings.length > 0;
  }

  /** The client was forgotten: what is in the air of its reports is gone, which begins where it was. */
  forget(client: string): void {
    this.sparks = this.sparks.filter((spark) => spark.client !== client);
  }

  /** The map has another plane. */
  clear(): void {
    this.sparks = [];
    this.rings = [];
  }

  #arrivalsOf(flood: Flood): Map<string, number> {
    const known = this.#arrivals.get(flood);
    if (known !== undefined) return known;
    const arrivals = new Map<string, number>();
    this.#arrivals.set(flood, arrivals);
    return arrivals;
  }
}
