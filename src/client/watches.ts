// Everything that a herd's user watches, over one connection of its own.
//
// On that connection each AT line is a told report, as nothing but WATCH and UNWATCH is said there. Both may be said twice
// without harm, so a new connection says all of it again, and need not know what the last one had been answered. The
// connection is made with the first watch and closed after the last. Keeps CL7 and CL8.

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
  /** How often each WATCH was said to this connection and not answered yet. */
  readonly #unanswered = new Map<string, number>();
  /** When the server last said something. */
  #heardMillis = 0;
  /** It was asked whether it is there. */
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
    // One more of the same name is told what is held, too, as that is part of each answer (WT2).
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
      for (const watch of this.#watchesOf(told.report.client)) watch.offer(told.report, told.timeKey);
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
    // Between two of them an UNWATCH may have been said.
    if (unanswered > 0) return;
    this.#unanswered.delete(name);
    for (const watch of this.#byName.get(name) ?? []) watch.beBegun();
  }

  /** Whether the connection is open. */
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

  /** For good: whoever watches is told why, and who comes later may try anew. */
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
      return this.#connection?.drop(`it said nothing for ${answerSeconds} s while it was to answer`);
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
