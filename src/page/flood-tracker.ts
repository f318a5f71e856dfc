// Floods, put together from what the page hears: that each server accepted a report, and when.
//
// The page watches every server. A report's AT line names the server that heard the client, so the flood begins there; when
// another one accepts it, it came over one of that one's links. Which link nobody tells: of the neighbours, it is the one that
// was first to have it; and if none was seen to have it, as when a server catches up on what is long past, the one on
// the shortest way from where it was heard. So hops are an inference, exact wherever there is one way only. Times are those
// of the told lines at the page. Keeps PG4.

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
}

export type Neighbourhood = ReadonlyMap<string, readonly string[]>;

/** A flood that is not over by then will be seen as new ones, by their ways. Milliseconds. */
const FORGET_MILLIS = 20_000;
/** Floods remembered at most: some twenty seconds of a herd that hears 2,000 reports a second. */
const FLOODS_MAX = 40_000;

export class FloodTracker {
  readonly #floods = new Map<string, OpenFlood>();
  #neighbours: Neighbourhood = new Map();

  set neighbours(neighbours: Neighbourhood) {
    this.#neighbours = neighbours;
  }

  /** A server was seen to accept a report. Its flood and the hop; `undefined` if that was known. */
  hear(
    server: string,
    report: { readonly line: string; readonly client: string; readonly server: string },
    nowMillis: number,
  ): { readonly flood: Flood; readonly hop: Hop } | undefined {
    const flood = this.#floodOf(report, nowMillis);
    if (flood.hops.some(({ to }) => to === server)) return undefined;
    const from = this.#cameFrom(server, flood);
    const depth = from === undefined ? 0 : (flood.hops.find(({ to }) => to === from)?.depth ?? 0) + 1;
    const hop = { from, to: server, millis: nowMillis - flood.beganMillis, depth };
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
    const flood = { line, client, origin: server, beganMillis: nowMillis, hops: [] };
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

  #cameFrom(server: string, { origin, hops }: Flood): string | undefined {
    if (server === origin) return undefined;
    const neighbours = this.#neighbours.get(server) ?? [];
    const first = hops.find(({ to }) => neighbours.includes(to));
    return first?.to ?? this.#wayBack(server, origin);
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
