// All watches of a program, over one connection of their own.
//
// Only WATCH and UNWATCH are sent on that connection, so each AT line there is a report for a watch. Both commands may be
// repeated without harm, so a new connection sends all of them again, whatever the last one had answered. The connection is made
// with the first watch and closed after the last. Keeps CL8, CL30 and CL33.

import { readReport } from "./client-report.ts";
import type { LineConnection } from "./line-connection.ts";
import { HerdError } from "./errors.ts";
import type { ClientSettings } from "./settings.ts";
import { Timer } from "./timer.ts";
import { EVERY_CLIENT, Watch } from "./watch.ts";

const ANSWER = "WATCH ";
const REFUSAL = "? WATCH ";

export class Watches {
  readonly #settings: ClientSettings;
  readonly #connect: () => LineConnection;
  readonly #byName = new Map<string, Set<Watch>>();
  #connection: LineConnection | undefined;
  /** How many WATCH of each name this connection has not answered yet. */
  readonly #unanswered = new Map<string, number>();
  /** When the server last sent a line. */
  #heardMillis = 0;
  /** A WATCH was repeated to get a sign of life. */
  #isAsked = false;
  readonly #timer = new Timer(() => this.#look());

  constructor(settings: ClientSettings, connect: () => LineConnection) {
    this.#settings = settings;
    this.#connect = connect;
  }

  /** `name` is a client or `*`. */
  begin(name: string, signal: AbortSignal | undefined): Watch {
    const watch = new Watch(name, this.#settings.watchWaiting, signal, () => this.#leave(watch));
    const watches = this.#byName.get(name) ?? new Set<Watch>();
    this.#byName.set(name, watches.add(watch));
    if (this.#connection === undefined) this.#connection = this.#open();
    // A second watch of a name gets the report that is held too, because each answer contains it (WT2).
    else this.#say(name);
    return watch;
  }

  close(): void {
    this.#connection?.close();
  }

  #open(): LineConnection {
    const connection = this.#connect();
    connection.addEventListener("line", ({ direction, text }) => {
      if (direction === "received") this.#hear(text);
    });
    connection.addEventListener("state", ({ state }) => {
      if (state === "closed") this.#beClosed(connection);
      if (state !== "open") return this.#timer.setAt(Infinity);
      this.#unanswered.clear();
      for (const name of this.#byName.keys()) this.#say(name);
      this.#hasHeard();
    });
    return connection;
  }

  #hear(text: string): void {
    this.#hasHeard();
    if (text.startsWith("AT ")) {
      const told = readReport(text);
      if (told === undefined) return;
      for (const watch of this.#watchesOf(told.report.client)) watch.offer(told);
    } else if (text.startsWith(ANSWER)) {
      this.#hearBegun(text.slice(ANSWER.length));
    } else if (text.startsWith(REFUSAL)) {
      const name = text.slice(REFUSAL.length);
      for (const watch of this.#byName.get(name) ?? []) watch.fail(refusalOf(name));
    }
  }

  #hearBegun(name: string): void {
    const unanswered = (this.#unanswered.get(name) ?? 1) - 1;
    this.#unanswered.set(name, unanswered);
    // An UNWATCH may have been sent between two of them.
    if (unanswered > 0) return;
    this.#unanswered.delete(name);
    for (const watch of this.#byName.get(name) ?? []) watch.beBegun();
  }

  /** Returns whether the connection is open. */
  #say(name: string): boolean {
    if (this.#connection?.send(`WATCH ${name}`) !== true) return false;
    this.#unanswered.set(name, (this.#unanswered.get(name) ?? 0) + 1);
    return true;
  }

  #watchesOf(client: string): Watch[] {
    return [...(this.#byName.get(client) ?? []), ...(this.#byName.get(EVERY_CLIENT) ?? [])];
  }

  #leave(watch: Watch): void {
    const watches = this.#byName.get(watch.name);
    watches?.delete(watch);
    if (watches?.size !== 0) return;
    this.#byName.delete(watch.name);
    this.#connection?.send(`UNWATCH ${watch.name}`);
    if (this.#byName.size > 0) return;
    this.#connection?.close();
    this.#connection = undefined;
    this.#timer.setAt(Infinity);
  }

  /** The connection is closed for good: each watch ends with the reason. A later watch opens a new connection. */
  #beClosed(connection: LineConnection): void {
    if (this.#connection === connection) this.#connection = undefined;
    const { failure } = connection;
    for (const watches of this.#byName.values()) for (const watch of watches) watch.fail(failure);
  }

  #hasHeard(): void {
    this.#heardMillis = Date.now();
    this.#isAsked = false;
    this.#schedule();
  }

  #schedule(): void {
    const { watchQuietSeconds, answerSeconds } = this.#settings;
    const seconds = watchQuietSeconds === 0 ? Infinity : watchQuietSeconds + (this.#isAsked ? answerSeconds : 0);
    this.#timer.setAt(this.#heardMillis + seconds * 1000);
  }

  #look(): void {
    const { watchQuietSeconds, answerSeconds } = this.#settings;
    const quietSeconds = (Date.now() - this.#heardMillis) / 1000;
    const [name] = this.#byName.keys();
    if (this.#isAsked && quietSeconds >= watchQuietSeconds + answerSeconds)
      return this.#connection?.drop(`it owed an answer and said nothing for ${answerSeconds} s`);
    if (!this.#isAsked && quietSeconds >= watchQuietSeconds && name !== undefined) this.#isAsked = this.#say(name);
    this.#schedule();
  }
}

function refusalOf(name: string): HerdError {
  return new HerdError(
    "refused",
    `The herd refused to watch ${JSON.stringify(name)}: the token may not allow it, or this connection watches limits.watches clients already`,
  );
}
