// One connection that watches: what it selects, and what it is still to be told.
//
// Of each client at most one report is ready, the newest: a slow reader is told where the client is, not where it was, and
// costs one report per client, however fast that client moves. What became ready first leaves first. Keeps WT4 and WT5.

import type { ConnectionId } from "../protocol/connection.ts";
import { shownLine, type Report } from "../protocol/report.ts";
import type { Selector } from "./selector.ts";

export class Subscriber {
  readonly connection: ConnectionId;
  /** By key. */
  readonly selectors = new Map<string, Selector>();
  /** Since when it has taken nothing of what is ready, POSIX milliseconds; `undefined` while it takes everything. */
  slowSinceMillis: number | undefined;
  /** By client: what is to be told. */
  readonly #ready = new Map<string, Report>();
  /** By client: the line that the answer to a WATCH told already, where other subscribers wait to be told the same. */
  readonly #known = new Map<string, string>();

  constructor(connection: ConnectionId) {
    this.connection = connection;
  }

  /** Clients of whom a report is ready. */
  get readyCount(): number {
    return this.#ready.size;
  }

  /** A report that one of its selectors selects. */
  add(report: Report): void {
    const { client, line } = report;
    if (this.#known.get(client) !== line) this.#ready.set(client, report);
    this.#known.delete(client);
  }

  /** The answer to its WATCH tells this report. `isToCome`: others are told it later. */
  answer({ client, line }: Report, isToCome: boolean): void {
    this.#ready.delete(client);
    if (isToCome) this.#known.set(client, line);
  }

  /** A selector has ended: what no other one selects is not told any more. */
  forget({ client }: Selector): void {
    if (client !== undefined) return this.#forgetUnselected(client);
    for (const each of this.#ready.keys()) this.#forgetUnselected(each);
  }

  /** Removes and returns the lines that are ready, up to about so many characters; none if there is no room at all. */
  take(characters: number): string[] {
    const lines: string[] = [];
    let left = characters;
    for (const [client, report] of this.#ready) {
      if (left <= 0) break;
      const line = shownLine(report);
      left -= line.length;
      lines.push(line);
      this.#ready.delete(client);
    }
    return lines;
  }

  #forgetUnselected(client: string): void {
    const report = this.#ready.get(client);
    const isSelected = [...this.selectors.values()].some((selector) =>
      report === undefined ? selector.client === client || selector.client === undefined : selector.selects(report),
    );
    if (isSelected) return;
    this.#ready.delete(client);
    this.#known.delete(client);
  }
}
