// Floods, put together from what the page hears: that each server accepted a report, and when.
//
// The page watches every server. A report's AT line names the server that heard the client, so the flood begins there; when
// another one accepts it, it came over one of that one's links. Which link nobody tells: of the neighbours, it is the one that
// was first to have it. Five connections tell, in any order, so a hop waits a moment for the one before it; if that is not
// seen, as when a server catches up on what is long past, the way is the shortest one from where it was heard. So hops are an
// inference, exact wherever there is one way only. Times are those of the told lines at the page. Keeps PG4 and PG20.

export interface Hop {
  /** Where it came from; `undefined` for the client itself. */
  readonly from: string | undefined;
  readonly to: string;
  /** Since the first server was seen to have it. Milliseconds. */
  readonly millis: number;
  /** How many hops it was from the client's server; 0 for that one. */
  readonly depth: number;
}

export interface Flood {
  /** The AT line. */
  readonly line: string;
  readonly client: string;
  /** The server that heard it. */
  readonly origin: string;
  readonly beganMillis: number;
  /** In the order in which the servers were seen to have it. */
  readonly hops: readonly Hop[];
}

interface OpenFlood extends Flood {
  readonly hops: Hop[];
  /** Servers that were seen to have it before any that it can have come from. */
  readonly waiting: { readonly server: string; readonly atMillis: number }[];
}

export interface SeenHop {
  readonly flood: Flood;
  readonly hop: Hop;
}

/** How long a hop waits for the one before it. Milliseconds. */
const WAIT_MILLIS = 250;

export type Neighbourhood = ReadonlyMap<string, readonly string[]>;

/** A flood that is not over by then will be seen as new ones, by their ways. Milliseconds. */
const FORGET_MILLIS = 20_000;
/** Floods remembered at most: some twenty seconds of a herd that hears 2,000 reports a second. */
const FLOODS_MAX = 40_000;

export class FloodTracker {
  readonly #floods = new Map<string, OpenFlood>();
  /** Those with a hop that waits. */
  readonly #incomplete = new Set<OpenFlood>();
  #neighbours: Neighbourhood = new Map();

  set neighbours(neighbours: Neighbourhood) {
    this.#neighbours = neighbours;
  }

  /** A server was seen to accept a report: the hops that are known by that, none if it has to wait or was known. */
  hear(
    server: string,
    report: { readonly line: string; readonly client: string; readonly server: string },
    nowMillis: number,
  ): SeenHop[] {
    const flood = this.#floodOf(report, nowMillis);
    const isKnown = flood.hops.some(({ to }) => to === server) || flood.waiting.some((seen) => seen.server === server);
    if (isKnown) return [];
    flood.waiting.push({ server, atMillis: nowMillis });
    const hops = this.#follow(flood);
    if (flood.waiting.length > 0) this.#incomplete.add(flood);
    else this.#incomplete.delete(flood);
    return hops;
  }

  /** The hops that have waited long enough for one before them. */
  settle(nowMillis: number): SeenHop[] {
    const settled: SeenHop[] = [];
    for (const flood of this.#incomplete) {
      for (let first = flood.waiting[0]; first !== undefined; first = flood.waiting[0]) {
        if (nowMillis - first.atMillis < WAIT_MILLIS) break;
        flood.waiting.shift();
        settled.push(this.#arrive(flood, first.server, this.#wayBack(first.server, flood.origin), first.atMillis));
        settled.push(...this.#follow(flood));
      }
      if (flood.waiting.length === 0) this.#incomplete.delete(flood);
    }
    return settled;
  }

  /** The client was forgotten: so are the floods of its reports. */
  forget(client: string): void {
    for (const [line, flood] of this.#floods) {
      if (flood.client !== client) continue;
      this.#floods.delete(line);
      this.#incomplete.delete(flood);
    }
  }

  /** Takes every hop whose way is known by now. */
  #follow(flood: OpenFlood): SeenHop[] {
    const followed: SeenHop[] = [];
    for (;;) {
      const index = flood.waiting.findIndex(({ server }) => this.#isExplained(server, flood));
      const [seen] = index < 0 ? [] : flood.waiting.splice(index, 1);
      if (seen === undefined) return followed;
      followed.push(this.#arrive(flood, seen.server, this.#cameFrom(seen.server, flood), seen.atMillis));
    }
  }

  #isExplained(server: string, flood: Flood): boolean {
    return server === flood.origin || this.#cameFrom(server, flood) !== undefined;
  }

  #arrive(flood: OpenFlood, server: string, from: string | undefined, atMillis: number): SeenHop {
    const depth = from === undefined ? 0 : (flood.hops.find(({ to }) => to === from)?.depth ?? 0) + 1;
    const hop = { from, to: server, millis: atMillis - flood.beganMillis, depth };
    flood.hops.push(hop);
    return { flood, hop };
  }

  #floodOf(
    { line, client, server }: { readonly line: string; readonly client: string; readonly server: string },
    nowMillis: number,
  ): OpenFlood {
    const known = this.#floods.get(line);
    if (known !== undefined) return known;
    this.#forget(nowMillis);
    const flood = { line, client, origin: server, beganMillis: nowMillis, hops: [], waiting: [] };
    this.#floods.set(line, flood);
    return flood;
  }

  /** Those that began first lie first in the map. */
  #forget(nowMillis: number): void {
    for (const [line, { beganMillis }] of this.#floods) {
      if (nowMillis - beganMillis < FORGET_MILLIS && this.#floods.size < FLOODS_MAX) return;
      this.#floods.delete(line);
    }
  }

  /** The neighbour that was first to have it, if one was seen to. */
  #cameFrom(server: string, { origin, hops }: Flood): string | undefined {
    if (server === origin) return undefined;
    const neighbours = this.#neighbours.get(server) ?? [];
    return hops.find(({ to }) => neighbours.includes(to))?.to;
  }

  /** The neighbour from which the fewest hops lead to the origin. */
  #wayBack(server: string, origin: string): string | undefined {
    const cameFrom = new Map<string, string>([[origin, origin]]);
    // A map hands out what is added while it is walked through: breadth first.
    for (const [name] of cameFrom)
      for (const neighbour of this.#neighbours.get(name) ?? []) {
        if (neighbour === server) return name;
        if (!cameFrom.has(neighbour)) cameFrom.set(neighbour, name);
      }
    return undefined;
  }
}
