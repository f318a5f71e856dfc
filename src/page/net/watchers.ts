// A connection to each server that tells what it accepts: `WATCH *`.
//
// A server that is out of service or silent is not dialled: the herd's status says when it is back, and a browser would log
// each failure. So a connection that is lost is closed here and made anew when the status says that its server serves.
// What was held before anybody watched is read page by page, of one server, once the first connection watches: from then on
// nothing is missed. A server that comes back may catch up before it is watched again: so of the clients that matter here it is
// asked what it holds, which is what WATCH of one client tells first. Keeps PG2, PG4 and PG20.

import { LineConnection } from "../../client/line-connection.ts";
import type { HerdView, ServerView } from "../model/herd-view.ts";
import { Refused, type Session } from "./session.ts";

export interface WatcherEvents {
  /** An AT line of what a server accepted. */
  readonly onReport: (server: string, line: string) => void;
  /** A FORGOT line: a client was forgotten. */
  readonly onForgotten: (line: string) => void;
  /** A page of what one server holds. */
  readonly onHeld: (lines: readonly string[]) => void;
  /** The clients of whom a server is asked what it holds when it is watched anew. */
  readonly interesting: () => Iterable<string>;
  readonly onLost: (server: string) => void;
  /** There are more or fewer whose reports are told. */
  readonly onChange: () => void;
  /** The herd does not let this page watch. */
  readonly onRefused: (reason: string) => void;
}

/** Clients that are read of those held before: more dots than a map has room for. */
const HELD_MAX = 50_000;
/** Between the loss of a connection and the next one. */
const REST_MILLIS = 800;

interface ReportsPage {
  readonly reports: readonly string[];
  readonly next: string | null;
}

export class Watchers {
  readonly #session: Session;
  readonly #events: WatcherEvents;
  readonly #connections = new Map<string, LineConnection>();
  readonly #watching = new Set<string>();
  /** When each connection was lost last, by the page's clock: a server that fails at once is not dialled without pause. */
  readonly #lostMillis = new Map<string, number>();
  #isRefused = false;

  constructor(session: Session, events: WatcherEvents) {
    this.#session = session;
    this.#events = events;
  }

  /** Whose reports are told. */
  get watching(): ReadonlySet<string> {
    return this.#watching;
  }

  update({ servers }: HerdView): void {
    for (const server of servers) {
      const isOpen = this.#connections.has(server.name);
      const isResting = performance.now() - (this.#lostMillis.get(server.name) ?? -Infinity) < REST_MILLIS;
      if (server.service === "out of service") this.#close(server.name);
      else if (server.service === "in service" && !isOpen && !isResting && !this.#isRefused) this.#open(server);
    }
  }

  /** There is another token: everybody is asked anew. */
  restart(): void {
    this.#isRefused = false;
    for (const name of this.#connections.keys()) this.#close(name);
  }

  #open({ name, url }: ServerView): void {
    const connection = new LineConnection({ url: url ?? this.#session.url, server: name, token: this.#session.token });
    this.#connections.set(name, connection);
    connection.addEventListener("state", ({ state, reason = "" }) => {
      if (this.#connections.get(name) !== connection) return;
      if (state === "open") connection.send("WATCH *");
      if (state === "closed") this.#refuse(reason);
      if (state !== "closed" && state !== "waiting") return;
      this.#close(name);
      this.#lostMillis.set(name, performance.now());
      this.#events.onLost(name);
    });
    connection.addEventListener("line", ({ direction, text }) => {
      if (direction === "sent") return;
      if (text.startsWith("AT ")) this.#events.onReport(name, text);
      else if (text.startsWith("FORGOT ")) this.#events.onForgotten(text);
      else if (text === "WATCH *") this.#begin(name, connection);
      else if (text.startsWith("? WATCH *")) this.#refuse("The herd does not let this page watch all clients");
    });
  }

  #begin(name: string, connection: LineConnection): void {
    for (const client of this.#events.interesting()) {
      connection.send(`WATCH ${client}`);
      connection.send(`UNWATCH ${client}`);
    }
    const isFirst = this.#watching.size === 0;
    this.#watching.add(name);
    this.#events.onChange();
    if (isFirst) void this.#readHeld(name);
  }

  #close(name: string): void {
    const connection = this.#connections.get(name);
    this.#connections.delete(name);
    connection?.close();
    if (this.#watching.delete(name)) this.#events.onChange();
  }

  #refuse(reason: string): void {
    if (this.#isRefused) return;
    this.#isRefused = true;
    this.#events.onRefused(reason);
  }

  async #readHeld(server: string): Promise<void> {
    let after = "";
    try {
      for (let read = 0; read < HELD_MAX;) {
        const query = after === "" ? "" : `?after=${encodeURIComponent(after)}`;
        const response = await this.#session.fetch(`/servers/${encodeURIComponent(server)}/reports${query}`);
        const { reports, next } = (await response.json()) as ReportsPage;
        this.#events.onHeld(reports);
        if (next === null) return;
        read += reports.length;
        after = next;
      }
    } catch (error) {
      if (error instanceof Refused && error.asksForToken) this.#refuse(error.message);
      // Else the server went away: what it holds comes with the next one that is watched first.
    }
  }
}
