// All watches of a program, over one connection of their own.
//
// Only WATCH and UNWATCH are sent on that connection, so each AT line there is a report for a watch. Both commands may be
// repeated without harm, so a new connection sends all of them again, whatever the last one had answered. Their answers come in
// the order of the commands (LN5), so each belongs to the oldest one that was sent. The connection is made with the first watch
// and closed after the last. A client is watched once, with the silence that any of its watches waits for. Keeps CL6, CL8, CL30,
// CL33, CL39, CL41, CL50, CL52, CL63 and CL64.

import { EVERY_CLIENT } from "../core/commands/watched.ts";
import type { Refusal } from "../core/protocol/refusal.ts";
import { readForgotten, readReport, readSilence } from "./client-report.ts";
import { HerdError } from "./errors.ts";
import type { LineConnection } from "./line-connection.ts";
import { refusalError, refusalOf, retryMillisOf } from "./refusals.ts";
import type { ClientSettings } from "./settings.ts";
import { Timer } from "./timer.ts";
import { Watch, type AlsoGiven, type WatchItem } from "./watch.ts";

interface Said {
  readonly command: "WATCH" | "UNWATCH";
  /** A client or `*`. */
  readonly name: string;
  readonly line: string;
}

/** What a server of a later version may tell whoever watches: a word, and more. */
const UNKNOWN = /^(?!WATCH |UNWATCH )[A-Z]+ /;

export class Watches {
  readonly #settings: ClientSettings;
  readonly #connect: () => LineConnection;
  readonly #byName = new Map<string, Set<Watch<WatchItem>>>();
  #connection: LineConnection | undefined;
  /** Commands that this connection has not answered yet, oldest first. */
  #unanswered: Said[] = [];
  /** When a command that was refused for its pace may be said again, by name. */
  readonly #later = new Map<string, number>();
  /** When the server last sent a line, or was first asked for one. */
  #heardMillis = 0;
  readonly #timer = new Timer(() => this.#look());

  constructor(settings: ClientSettings, connect: () => LineConnection) {
    this.#settings = settings;
    this.#connect = connect;
  }

  /** `name` is a client or `*`, without a silence to tell. */
  begin(name: string, also: AlsoGiven, signal: AbortSignal | undefined): Watch<WatchItem> {
    const { silentSeconds } = also;
    const others = this.#silentSeconds(name);
    if (silentSeconds !== undefined && others !== undefined && silentSeconds !== others)
      throw new HerdError(
        "invalid",
        `Cannot wait for a silence of ${silentSeconds} s of ${JSON.stringify(name)}: another watch waits for one of ${others} s`,
      );
    const { watchWaiting } = this.#settings;
    const watch: Watch<WatchItem> = new Watch<WatchItem>(name, also, watchWaiting, signal, () => this.#leave(watch));
    const watches = this.#byName.get(name) ?? new Set<Watch<WatchItem>>();
    this.#byName.set(name, watches.add(watch));
    if (this.#connection === undefined) this.#connection = this.#open();
    // A second watch of a name gets the report that is held too, because each answer contains it (WT2).
    else this.#say("WATCH", name);
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
      this.#unanswered = [];
      this.#later.clear();
      if (state !== "open") return this.#timer.setAt(Infinity);
      this.#heardMillis = performance.now();
      for (const watches of this.#byName.values()) for (const watch of watches) watch.beConnected();
      for (const name of this.#byName.keys()) this.#say("WATCH", name);
      this.#schedule();
    });
    return connection;
  }

  #hear(text: string): void {
    this.#heardMillis = performance.now();
    if (text.startsWith("AT ")) {
      const told = readReport(text);
      if (told !== undefined) for (const watch of this.#watchesOf(told.report.client)) watch.offer(told);
    } else if (text.startsWith("SILENT ")) this.#hearSilence(text);
    else if (text.startsWith("FORGOT ")) this.#hearForgotten(text);
    else if (!UNKNOWN.test(text)) this.#hearAnswer(text);
    this.#schedule();
  }

  #hearForgotten(text: string): void {
    const told = readForgotten(text);
    if (told !== undefined) for (const watch of this.#watchesOf(told.client)) watch.offerForgotten(told);
  }

  #hearSilence(text: string): void {
    const told = readSilence(text);
    if (told === undefined) return this.#hearAnswer(text);
    // Seconds that were asked for since then are told of by themselves.
    if (this.#isSaid(told.client)) return;
    for (const watch of this.#byName.get(told.client) ?? []) watch.offerSilence(told);
  }

  #hearAnswer(text: string): void {
    const said = this.#unanswered.shift();
    const line = said?.line ?? "";
    const refusal = refusalOf(text, line);
    if (said === undefined || (refusal === undefined && text !== line))
      return this.#connection?.drop(`it said ${JSON.stringify(text)}, which answers no command`);
    if (refusal !== undefined) this.#beRefused(said, refusal);
    else if (said.command === "WATCH" && !this.#isSaid(said.name))
      // No UNWATCH comes behind it.
      for (const watch of this.#byName.get(said.name) ?? []) watch.beBegun();
  }

  #beRefused({ command, name, line }: Said, refusal: Refusal): void {
    // A later command about the same name decides.
    if (this.#isSaid(name)) return;
    if (refusal.code === "pace") this.#later.set(name, performance.now() + retryMillisOf(refusal));
    else if (command === "WATCH")
      for (const watch of this.#byName.get(name) ?? []) watch.fail(refusalError(line, refusal));
  }

  /** Whether a command about this name has no answer yet. */
  #isSaid(name: string): boolean {
    return this.#unanswered.some((said) => said.name === name);
  }

  #say(command: Said["command"], name: string): void {
    const seconds = command === "WATCH" ? this.#silentSeconds(name) : undefined;
    const line = seconds === undefined ? `${command} ${name}` : `${command} ${name} ${seconds}`;
    if (this.#connection?.send(line) !== true) return;
    if (this.#unanswered.length === 0) this.#heardMillis = performance.now();
    this.#later.delete(name);
    this.#unanswered.push({ command, name, line });
    this.#schedule();
  }

  /** The silence that watches of this name wait for. */
  #silentSeconds(name: string): number | undefined {
    for (const { silentSeconds } of this.#byName.get(name) ?? []) if (silentSeconds !== undefined) return silentSeconds;
    return undefined;
  }

  #watchesOf(client: string): Watch<WatchItem>[] {
    return [...(this.#byName.get(client) ?? []), ...(this.#byName.get(EVERY_CLIENT) ?? [])];
  }

  #leave(watch: Watch<WatchItem>): void {
    const watches = this.#byName.get(watch.name);
    watches?.delete(watch);
    if (watches?.size !== 0) {
      // Nobody waits for its silence any more.
      if (watch.silentSeconds !== undefined && this.#silentSeconds(watch.name) === undefined)
        this.#say("WATCH", watch.name);
      return;
    }
    this.#byName.delete(watch.name);
    this.#say("UNWATCH", watch.name);
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

  #schedule(): void {
    const laterMillis = Math.min(...this.#later.values());
    this.#timer.setAt(this.#connection === undefined ? Infinity : Math.min(this.#silenceMillis, laterMillis));
  }

  /** When the server has been silent for too long: it owes an answer, or may be gone. */
  get #silenceMillis(): number {
    const { watchQuietSeconds, answerSeconds } = this.#settings;
    if (this.#unanswered.length > 0) return this.#heardMillis + answerSeconds * 1000;
    return watchQuietSeconds === 0 ? Infinity : this.#heardMillis + watchQuietSeconds * 1000;
  }

  #look(): void {
    const nowMillis = performance.now();
    if (nowMillis >= this.#silenceMillis) {
      const { answerSeconds } = this.#settings;
      if (this.#unanswered.length > 0)
        return this.#connection?.drop(`it owed an answer and said nothing for ${answerSeconds} s`);
      // A sign of life.
      const [name] = this.#byName.keys();
      if (name !== undefined) this.#say("WATCH", name);
    }
    for (const [name, atMillis] of this.#later)
      if (atMillis <= nowMillis) this.#say(this.#byName.has(name) ? "WATCH" : "UNWATCH", name);
    this.#schedule();
  }
}
