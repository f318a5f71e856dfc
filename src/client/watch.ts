// One watch: the reports of a client, or of all clients, as they come.
//
// For each client only the newest report waits for the reader, so a slow reader learns where a client is, not where it was. The
// watch of one client gives strictly newer reports only, from whichever server they come. If it waits for silences, a silence
// parts what waits: the newest report before it, and the newest after it. Where the client was forgotten, nothing that was heard before is
// given any more, and any report that was heard after it is newer. Keeps CL7, CL28, CL29, CL31, CL50, CL63 and CL65.

import { EVERY_CLIENT } from "../core/commands/watched.ts";
import {
  isForgottenLater,
  isHeardAfter,
  isNewerReport,
  type ClientForgotten,
  type ClientReport,
  type ClientSilence,
  type ReadReport,
} from "./client-report.ts";
import { HerdError } from "./errors.ts";

/** What a watch gives: reports; silences, and that a client was forgotten, if it was asked for them. */
export type WatchItem = ClientReport | ClientSilence | ClientForgotten;

/** What a watch gives beside reports. */
export interface AlsoGiven {
  /** The silence that it waits for; `undefined` for none. */
  readonly silentSeconds: number | undefined;
  /** Whether it tells that a client was forgotten. */
  readonly forgotten: boolean;
}

/** What waits for the reader of one client: at most one silence. */
interface Waiting {
  /** That comes first. */
  forgotten: ClientForgotten | undefined;
  before: ClientReport | undefined;
  silence: ClientSilence | undefined;
  /** Without a silence, nothing is before. */
  after: ClientReport | undefined;
}

const EMPTY: Readonly<Waiting> = { forgotten: undefined, before: undefined, silence: undefined, after: undefined };

export class Watch<Item extends WatchItem = ClientReport> implements AsyncIterableIterator<Item> {
  /** A client's id, or `*`. */
  readonly name: string;
  /** The silence that it waits for; `undefined` for none. */
  readonly silentSeconds: number | undefined;
  /** Settles when a server first answers the WATCH. Rejects if the watch ends before. */
  readonly begun: Promise<void>;
  readonly #tellsForgotten: boolean;
  readonly #waitingMax: number;
  readonly #leave: () => void;
  readonly #beginning = Promise.withResolvers<void>();
  /** By client. */
  readonly #waiting = new Map<string, Waiting>();
  /** Of one client: since it was forgotten. */
  #newest: ReadReport | undefined;
  /** The server of this connection has told the newest report: what it tells next supersedes it there, whatever time that claims. */
  #isInStep = false;
  /** Of one client: the last time that it was forgotten. */
  #forgotten: ClientForgotten | undefined;
  /** A silence was given that no report has ended. */
  #isSilent = false;
  #ending: { readonly reason?: unknown } | undefined;
  #readers: PromiseWithResolvers<IteratorResult<Item, undefined>>[] = [];

  constructor(
    name: string,
    { silentSeconds, forgotten }: AlsoGiven,
    waitingMax: number,
    signal: AbortSignal | undefined,
    leave: () => void,
  ) {
    this.name = name;
    this.silentSeconds = silentSeconds;
    this.#tellsForgotten = forgotten;
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

  async next(): Promise<IteratorResult<Item, undefined>> {
    for (const [client, waiting] of this.#waiting) {
      const value = takeFirst(waiting);
      if (isEmpty(waiting)) this.#waiting.delete(client);
      if (value !== undefined) return { done: false, value: value as Item };
    }
    const ending = this.#ending;
    if (ending !== undefined) {
      // The reason is thrown once; after it the watch is at its end.
      this.#ending = {};
      if ("reason" in ending) throw ending.reason;
      return { done: true, value: undefined };
    }
    const reader = Promise.withResolvers<IteratorResult<Item, undefined>>();
    this.#readers.push(reader);
    return reader.promise;
  }

  async return(): Promise<IteratorResult<Item, undefined>> {
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
      if (this.#forgotten !== undefined && !isHeardAfter(told.report, this.#forgotten)) return;
      if (!this.#isNews(told)) return;
      this.#newest = told;
    }
    this.#isSilent = false;
    const { report } = told;
    if (this.#give(report)) return;
    const { client } = report;
    const waiting = this.#waiting.get(client);
    if (waiting !== undefined) waiting.after = report;
    else this.#waitWith(client, { after: report });
  }

  /** There is another connection: its server may be behind. */
  beConnected(): void {
    this.#isInStep = false;
  }

  /** Whether it supersedes the newest report. A server may not tell a FORGET that a report follows at once. */
  #isNews(told: ReadReport): boolean {
    const newest = this.#newest;
    const isSame = newest?.report.line === told.report.line;
    const isNews = newest === undefined || (!isSame && (this.#isInStep || isNewerReport(told, newest)));
    this.#isInStep ||= isSame || isNews;
    return isNews;
  }

  /** A server told that the client was forgotten. What waits of the client is dropped, whether that is told or not. */
  offerForgotten(told: ClientForgotten): void {
    if (this.#ending !== undefined) return;
    if (this.name !== EVERY_CLIENT) {
      if (this.#forgotten !== undefined && !isForgottenLater(told, this.#forgotten)) return;
      this.#forgotten = told;
      this.#newest = undefined;
    }
    this.#isSilent = false;
    this.#waiting.delete(told.client);
    if (this.#tellsForgotten && !this.#give(told)) this.#waitWith(told.client, { forgotten: told });
  }

  /** A server told a silence. One that lasts is told again with each answer to a WATCH. */
  offerSilence(told: Omit<ClientSilence, "silentSeconds">): void {
    const { silentSeconds } = this;
    if (this.#ending !== undefined || silentSeconds === undefined || this.#isSilent) return;
    this.#isSilent = true;
    const silence = { ...told, silentSeconds };
    if (this.#give(silence)) return;
    const { after: before } = this.#waiting.get(told.client) ?? {};
    const { forgotten } = this.#waiting.get(told.client) ?? {};
    this.#waitWith(told.client, { forgotten, before, silence });
  }

  #waitWith(client: string, waiting: Partial<Waiting>): void {
    this.#waiting.set(client, { ...EMPTY, ...waiting });
    if (this.#waiting.size > this.#waitingMax)
      this.fail(
        new HerdError(
          "too many waiting",
          `Cannot keep the reports of more than ${this.#waitingMax} clients for a reader: read faster, or raise settings.watchWaiting`,
        ),
      );
  }

  /** Whether a reader waits, who then gets it. A watch that was not asked for silences gives none, which the types do not know. */
  #give(item: WatchItem): boolean {
    const reader = this.#readers.shift();
    reader?.resolve({ done: false, value: item as Item });
    return reader !== undefined;
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

/** Removes and returns what comes first. */
function takeFirst(waiting: Waiting): WatchItem | undefined {
  const { forgotten, before, silence, after } = waiting;
  if (forgotten !== undefined) waiting.forgotten = undefined;
  else if (before !== undefined) waiting.before = undefined;
  else if (silence !== undefined) waiting.silence = undefined;
  else waiting.after = undefined;
  return forgotten ?? before ?? silence ?? after;
}

function isEmpty({ forgotten, before, silence, after }: Waiting): boolean {
  return forgotten === undefined && before === undefined && silence === undefined && after === undefined;
}
