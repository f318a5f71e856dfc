// One watch: the reports of a client, or of all clients, as they come.
//
// For each client only the newest report waits for the reader, so a slow reader learns where a client is, not where it was. The
// watch of one client gives strictly newer reports only, from whichever server they come. Keeps CL7, CL28, CL29 and CL31.

import { EVERY_CLIENT } from "../core/commands/watched.ts";
import { isNewerReport, type ClientReport, type ReadReport } from "./client-report.ts";
import { HerdError } from "./errors.ts";

export class Watch implements AsyncIterableIterator<ClientReport> {
  /** A client's id, or `*`. */
  readonly name: string;
  /** Settles when a server first answers the WATCH. Rejects if the watch ends before. */
  readonly begun: Promise<void>;
  readonly #waitingMax: number;
  readonly #leave: () => void;
  readonly #beginning = Promise.withResolvers<void>();
  /** By client. */
  readonly #waiting = new Map<string, ClientReport>();
  #newest: ReadReport | undefined;
  #ending: { readonly reason?: unknown } | undefined;
  #readers: PromiseWithResolvers<IteratorResult<ClientReport, undefined>>[] = [];

  constructor(name: string, waitingMax: number, signal: AbortSignal | undefined, leave: () => void) {
    this.name = name;
    this.#waitingMax = waitingMax;
    const abort = () => this.fail(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#leave = () => {
      signal?.removeEventListener("abort", abort);
      leave();
    };
    this.begun = this.#beginning.promise;
    // A program need not wait for it.
    this.begun.catch(() => undefined);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<ClientReport, undefined>> {
    for (const [client, report] of this.#waiting) {
      this.#waiting.delete(client);
      return { done: false, value: report };
    }
    const ending = this.#ending;
    if (ending !== undefined) {
      // The reason is thrown once; after it the watch is at its end.
      this.#ending = {};
      if ("reason" in ending) throw ending.reason;
      return { done: true, value: undefined };
    }
    const reader = Promise.withResolvers<IteratorResult<ClientReport, undefined>>();
    this.#readers.push(reader);
    return reader.promise;
  }

  async return(): Promise<IteratorResult<ClientReport, undefined>> {
    this.#end({});
    this.#waiting.clear();
    return { done: true, value: undefined };
  }

  beBegun(): void {
    this.#beginning.resolve();
  }

  /** A server sent a report. */
  offer(told: ReadReport): void {
    if (this.#ending !== undefined) return;
    if (this.name !== EVERY_CLIENT) {
      if (this.#newest !== undefined && !isNewerReport(told, this.#newest)) return;
      this.#newest = told;
    }
    const { report } = told;
    const reader = this.#readers.shift();
    if (reader !== undefined) return reader.resolve({ done: false, value: report });
    this.#waiting.set(report.client, report);
    if (this.#waiting.size > this.#waitingMax)
      this.fail(
        new HerdError(
          "too many waiting",
          `Cannot keep the reports of more than ${this.#waitingMax} clients for a reader: read faster, or raise settings.watchWaiting`,
        ),
      );
  }

  /** Ends the watch. Its reader gets what waits, then the reason. */
  fail(reason: unknown): void {
    this.#end({ reason });
  }

  #end(ending: { readonly reason?: unknown }): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#leave();
    this.#beginning.reject(ending.reason ?? new HerdError("closed", "The watch was ended before it had begun"));
    const [first, ...others] = this.#readers;
    this.#readers = [];
    if (first !== undefined && "reason" in ending) {
      first.reject(ending.reason);
      this.#ending = {};
    } else first?.resolve({ done: true, value: undefined });
    for (const reader of others) reader.resolve({ done: true, value: undefined });
  }
}
