// One connection that watches: what it selects, and what it has not been told yet.
//
// At most one report per client is ready, the newest. A slow reader is told where the client is, not where it was, and
// costs one report per client, however fast that client moves. What became ready first leaves first, and silences after the reports.
// Keeps WT4, WT5, WT11, WT20 and WT23.

import type { ConnectionId } from "../protocol/connection.ts";
import { heardOf, receiveTimeOf } from "../protocol/receive-time.ts";
import type { Report } from "../protocol/report.ts";
import { conflated, linesOf, type News } from "./news.ts";
import type { Selector } from "./selector.ts";

export class Subscriber {
  readonly connection: ConnectionId;
  /** By key. */
  readonly selectors = new Map<string, Selector>();
  /** The last time that it took some of what is ready, POSIX milliseconds; `undefined` while it takes everything. */
  slowSinceMillis: number | undefined;
  /** By client: what will be told. */
  readonly #ready = new Map<string, News>();
  /** By client: what the answer to a WATCH has told already, and will be added again because other subscribers wait for it. */
  readonly #known = new Map<string, Report>();

  /** By client: the line that will be told of its silence. */
  readonly #silences = new Map<string, string>();

  constructor(connection: ConnectionId) {
    this.connection = connection;
  }

  /** How many lines are ready. */
  get readyCount(): number {
    return this.#ready.size + this.#silences.size;
  }

  /** News of a client that one of its selectors selects. */
  add(news: News): void {
    const { client, line } = news.report;
    if (this.#known.get(client)?.line !== line) this.#ready.set(client, conflated(this.#ready.get(client), news));
    this.#known.delete(client);
  }

  /** A client has fallen silent after this report. */
  addSilence(client: string, held: Report | undefined): void {
    const time = held === undefined ? "0" : receiveTimeOf(heardOf(held.line));
    this.#silences.set(client, `SILENT ${client} ${time}`);
  }

  /** It has reported, or its silence is of no interest. Returns whether it was still to be told. */
  forgetSilence(client: string): boolean {
    return this.#silences.delete(client);
  }

  /** The answer to its WATCH tells this report. `isToCome`: other subscribers will be told it later. */
  answer(report: Report, isToCome: boolean): void {
    this.#ready.delete(report.client);
    if (isToCome) this.#known.set(report.client, report);
  }

  /** A selector has ended: what no other selector selects will not be told. */
  forget({ client }: Selector): void {
    for (const named of client === undefined ? this.#ready.keys() : [client])
      if (!this.#isSelected(this.#ready.get(named)?.report)) this.#ready.delete(named);
    for (const named of client === undefined ? this.#known.keys() : [client])
      if (!this.#isSelected(this.#known.get(named))) this.#known.delete(named);
    if (client !== undefined) this.forgetSilence(client);
  }

  /** Removes and returns lines that are ready: about so many characters, and none if that is 0 or less. */
  take(characters: number): string[] {
    const lines: string[] = [];
    let left = characters;
    for (const [client, news] of this.#ready) {
      if (left <= 0) break;
      const told = linesOf(news);
      for (const line of told) left -= line.length;
      lines.push(...told);
      this.#ready.delete(client);
    }
    for (const [client, line] of this.#silences) {
      if (left <= 0) break;
      left -= line.length;
      lines.push(line);
      this.#silences.delete(client);
    }
    return lines;
  }

  #isSelected(report: Report | undefined): boolean {
    return report !== undefined && [...this.selectors.values()].some((selector) => selector.selects(report));
  }
}
