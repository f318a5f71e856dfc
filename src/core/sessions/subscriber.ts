// One connection that watches: what it selects, and what it has not been told yet.
//
// At most one report per client is ready, the newest. A slow reader is told where the client is, not where it was, and
// costs one report per client, however fast that client moves. What became ready first leaves first. Keeps WT4, WT5 and WT11.

import type { ConnectionId } from "../protocol/connection.ts";
import { toldLine, type Report } from "../protocol/report.ts";
import type { Selector } from "./selector.ts";

export class Subscriber {
  readonly connection: ConnectionId;
  /** By key. */
  readonly selectors = new Map<string, Selector>();
  /** The last time that it took some of what is ready, POSIX milliseconds; `undefined` while it takes everything. */
  slowSinceMillis: number | undefined;
  /** By client: what will be told. */
  readonly #ready = new Map<string, Report>();
  /** By client: what the answer to a WATCH has told already, and will be added again because other subscribers wait for it. */
  readonly #known = new Map<string, Report>();

  constructor(connection: ConnectionId) {
    this.connection = connection;
  }

  /** How many clients have a report that is ready. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** A report that one of its selectors selects. */
  add(report: Report): void {
    const { client, line } = report;
    if (this.#known.get(client)?.line !== line) this.#ready.set(client, report);
    this.#known.delete(client);
  }

  /** The answer to its WATCH tells this report. `isToCome`: other subscribers will be told it later. */
  answer(report: Report, isToCome: boolean): void {
    this.#ready.delete(report.client);
    if (isToCome) this.#known.set(report.client, report);
  }

  /** A selector has ended: what no other selector selects will not be told. */
  forget({ client }: Selector): void {
    for (const reports of [this.#ready, this.#known])
      for (const named of client === undefined ? reports.keys() : [client]) this.#forgetUnselected(reports, named);
  }

  /** Removes and returns lines that are ready: about so many characters, and none if that is 0 or less. */
  take(characters: number): string[] {
    const lines: string[] = [];
    let left = characters;
    for (const [client, report] of this.#ready) {
      if (left <= 0) break;
      const line = toldLine(report);
      left -= line.length;
      lines.push(line);
      this.#ready.delete(client);
    }
    return lines;
  }

  #forgetUnselected(reports: Map<string, Report>, client: string): void {
    const report = reports.get(client);
    if (report === undefined) return;
    if (![...this.selectors.values()].some((selector) => selector.selects(report))) reports.delete(client);
  }
}
