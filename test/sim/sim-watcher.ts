// A client's connection that only watches. It knows what it watches, what it was told, and what it read on the page of reports
// after a `WATCH *` (WT1 to WT4, WT7, WT8). It knows too which silences it was told, and which not yet (WT18 to WT24).

import {
  claimedNanos,
  clientOf,
  compareReports,
  forgotNanos,
  heardNanos,
  isForgotten,
  shownOf,
} from "./claimed-time.ts";
import type { ConnectionEnd } from "./connection.ts";
import { Violation } from "./violation.ts";

export interface SimWatcherOptions {
  readonly name: string;
  readonly end: ConnectionEnd;
  /** `limits.watches`. */
  readonly watchesMax: number;
  /** A page of all reports that its server holds. */
  readonly page: () => readonly string[];
  readonly now: () => number;
  /** Whether all servers have the right time, always. */
  readonly areClocksRight: boolean;
  /** Whether the client of two AT lines was forgotten after the first one and before the other. */
  readonly isForgottenBetween: (line: string, next: string) => boolean;
  /** Reports are known for a time only (KP1). */
  readonly isKeeping: boolean;
}

/** A silence that it waits for. */
interface Awaited {
  readonly seconds: number;
  /** When it first asked, and so counts where no report is held. POSIX milliseconds. */
  readonly sinceMillis: number;
  /** A silence may be told: none was told since an AT line came, or since it asked. */
  mayCome: boolean;
  /** A silence has to be told: it asked, or the client is surely back. */
  hasToCome: boolean;
}

export class SimWatcher {
  readonly #name: string;
  readonly #end: ConnectionEnd;
  readonly #watchesMax: number;
  readonly #page: () => readonly string[];
  readonly #now: () => number;
  readonly #areClocksRight: boolean;
  readonly #isForgottenBetween: (line: string, next: string) => boolean;
  readonly #isKeeping: boolean;
  /** Lines without an answer yet, in order. */
  readonly #said: string[] = [];
  readonly #watched = new Set<string>();
  /** The last line that it was told, AT or FORGOT, by client, since its watch began. */
  readonly #told = new Map<string, string>();
  /** The same since its watch of the client began, which may have been by a page. */
  readonly #knows = new Map<string, string>();
  /** By client. */
  readonly #awaited = new Map<string, Awaited>();
  /** When the reports were heard that it was told, nanoseconds since 1970, by client. */
  readonly #heard = new Map<string, Set<bigint>>();
  /** When each line without an answer was said, POSIX milliseconds. */
  readonly #saidMillis: number[] = [];
  /** The lines of the last page, by client. */
  #read = new Map<string, string>();
  /** The client of the WATCH that the last line answered. Its current AT line may follow. */
  #mayFollow: string | undefined;

  constructor({ name, end, watchesMax, page, now, areClocksRight, isForgottenBetween, isKeeping }: SimWatcherOptions) {
    this.#name = name;
    this.#end = end;
    this.#watchesMax = watchesMax;
    this.#page = page;
    this.#now = now;
    this.#areClocksRight = areClocksRight;
    this.#isForgottenBetween = isForgottenBetween;
    this.#isKeeping = isKeeping;
    end.party = {
      hear: (data) => {
        for (const line of String(data).split("\n").slice(0, -1)) this.#hear(line);
      },
      lose: () => {},
    };
  }

  get isOpen(): boolean {
    return this.#end.isOpen && !this.#end.isCut;
  }

  get end(): ConnectionEnd {
    return this.#end;
  }

  say(lines: readonly string[]): void {
    this.#said.push(...lines);
    this.#saidMillis.push(...lines.map(() => this.#now()));
    this.#end.send(lines.map((line) => `${line}\n`).join(""));
  }

  /** Called at the end: an open connection has all its answers. */
  demandAnswers(): void {
    const [first] = this.#said;
    if (this.isOpen && first !== undefined) throw new Violation("LN5", `${this.#name}: ${first} has no answer`);
  }

  /** Called at the end: an open connection that watches the client knows this report, which its server holds. */
  demandNewest(client: string, held: string): void {
    if (!this.isOpen) return;
    const lines = [this.#told.get(client)];
    if (this.#watched.has("*")) lines.push(this.#read.get(client));
    else if (!this.#watched.has(client)) return;
    if (isForgotten(held)) return this.#demandForgotten(client, held);
    if (!lines.includes(shownOf(held)))
      throw new Violation(
        "WT4",
        `${this.#name} was never told ${held}, its last of ${client} is ${lines.join(" or ")}`,
      );
  }

  /** Of a client that is forgotten in the end it knows nothing, or that it was forgotten then. */
  #demandForgotten(client: string, held: string): void {
    const last = this.#knows.get(client);
    if (last === undefined) return;
    const isRight = last.startsWith("FORGOT ")
      ? forgotNanos(last) === forgotNanos(held) || (this.#isKeeping && forgotNanos(last) > forgotNanos(held))
      : heardNanos(last) > forgotNanos(held);
    if (!isRight) throw new Violation("FG8", `${this.#name} was never told of ${held}, and knows ${last}`);
  }

  /** Called when all is erased: an open connection knows of nobody any more. */
  demandNothing(): void {
    if (!this.isOpen) return;
    for (const [client, line] of this.#knows)
      if (!line.startsWith("FORGOT "))
        throw new Violation(
          "KP6",
          `${this.#name} knows ${line}, and was not told that ${client} is not known any more`,
        );
  }

  /** Called at the end, when nobody has spoken for long: an open connection was told of each silence that it waits for. */
  demandSilences(): void {
    if (!this.isOpen) return;
    for (const [client, { seconds, hasToCome }] of this.#awaited)
      if (hasToCome)
        throw new Violation("WT20", `${this.#name} was not told that ${client} is silent for ${seconds} s`);
  }

  #hear(line: string): void {
    const mayFollow = this.#mayFollow;
    this.#mayFollow = undefined;
    if (line.startsWith("SILENT ")) return this.#hearSilence(line);
    if (line.startsWith("FORGOT ")) return this.#hearForgotten(line);
    if (line.startsWith("AT ")) return this.#hearReport(line, clientOf(line) === mayFollow);
    const said = this.#said.shift();
    const saidMillis = this.#saidMillis.shift() ?? 0;
    if (said === undefined) throw new Violation("LN5", `${this.#name} was answered ${line} without asking`);
    const answer = this.#answerTo(said, saidMillis);
    if (line !== answer) throw new Violation("WT1", `${this.#name}: ${said} was answered ${line}, not ${answer}`);
    if (answer.startsWith("WATCH ")) this.#mayFollow = answer.split(" ")[1];
    if (answer !== "WATCH *") return;
    this.#read = new Map(this.#page().map((line) => [clientOf(line), line]));
    for (const [client, line] of this.#read) this.#knows.set(client, line);
  }

  /** Notes the answer that is expected, and what is watched from then on. */
  #answerTo(said: string, saidMillis: number): string {
    const [command, name, seconds, ...others] = said.split(" ");
    const isFull = this.#watched.size >= this.#watchesMax;
    if (name === undefined || others.length > 0) return `? ${said}`;
    if (seconds !== undefined && (command !== "WATCH" || name === "*" || !/^[1-9]\d*$/.test(seconds)))
      return `? ${said}`;
    if (command === "UNWATCH") this.#endWatch(name);
    else if (command !== "WATCH" || (isFull && !this.#watched.has(name))) return `? ${said}`;
    else this.#watched.add(name);
    const { sinceMillis = saidMillis } = this.#awaited.get(name) ?? {};
    if (seconds === undefined) this.#awaited.delete(name);
    else this.#awaited.set(name, { seconds: Number(seconds), sinceMillis, mayCome: true, hasToCome: true });
    return said;
  }

  #endWatch(name: string): void {
    this.#watched.delete(name);
    if (this.#watched.has("*")) return;
    for (const known of [this.#knows, this.#heard, this.#told])
      for (const client of known.keys()) if (!this.#watched.has(client)) known.delete(client);
  }

  #hearSilence(line: string): void {
    const [, client = "", time] = line.split(" ");
    const awaited = this.#awaited.get(client);
    if (awaited?.mayCome !== true)
      throw new Violation("WT20", `${this.#name} was told ${line}, ${awaited ? "again" : "and does not wait for it"}`);
    awaited.mayCome = false;
    awaited.hasToCome = false;
    const heard = this.#heard.get(client);
    const nanos = claimedNanos(line);
    const isOfNone = time === "0" && (heard === undefined || this.#isKeeping);
    if (!isOfNone && heard?.has(nanos) !== true)
      throw new Violation("WT20", `${this.#name} was told ${line}, and of no report that was heard then`);
    // Since a report that is past keeping by now, and perhaps was heard before this watch.
    if (isOfNone && this.#isKeeping) return;
    const sinceMillis = heard === undefined ? awaited.sinceMillis : Number(nanos / 1_000_000n);
    const silentMillis = this.#now() - sinceMillis;
    if (this.#areClocksRight && silentMillis < awaited.seconds * 1000)
      throw new Violation("WT20", `${this.#name} was told ${line} after ${silentMillis} ms of ${awaited.seconds} s`);
  }

  #hearForgotten(line: string): void {
    const [, client = ""] = line.split(" ");
    if (!this.#watched.has(client) && !this.#watched.has("*"))
      throw new Violation("WT3", `${this.#name} was told ${line} and does not watch ${client}`);
    const last = this.#told.get(client);
    const known = last === undefined ? -1n : last.startsWith("FORGOT ") ? forgotNanos(last) : -1n;
    // Nothing is left of what is past keeping. A FORGET from before may come late.
    if (forgotNanos(line) <= known && !this.#isKeeping)
      throw new Violation("WT11", `${this.#name} was told ${line} after ${last}`);
    this.#told.set(client, line);
    this.#knows.set(client, line);
    this.#heard.delete(client);
    const awaited = this.#awaited.get(client);
    if (awaited === undefined) return;
    // From now on nothing of it is held, and it is silent anew.
    awaited.mayCome = true;
    awaited.hasToCome ||= this.#areClocksRight;
  }

  /** Positive if what it is told now comes after what it was told last. */
  #orderOf(line: string, last: string): number {
    // A clock that was set back knows nothing of what is past keeping.
    if (last.startsWith("FORGOT ") && this.#isKeeping && !this.#areClocksRight) return 1;
    if (last.startsWith("FORGOT ")) return heardNanos(line) > forgotNanos(last) ? 1 : -1;
    return compareReports(line, last);
  }

  #hearReport(line: string, isHeld: boolean): void {
    const client = clientOf(line);
    if (!this.#watched.has(client) && !this.#watched.has("*"))
      throw new Violation("WT3", `${this.#name} was told ${line} and does not watch ${client}`);
    const last = this.#told.get(client);
    const order = last === undefined ? 1 : this.#orderOf(line, last);
    // The answer to a WATCH repeats what was told, or tells what is held now if the client was forgotten meanwhile.
    const isAfterForgetting = last?.startsWith("AT ") === true && this.#isForgottenBetween(last, line);
    if ((order === 0 && !isHeld) || (order < 0 && !(isHeld && isAfterForgetting)))
      throw new Violation("WT11", `${this.#name} was told ${line} after ${last}`);
    this.#told.set(client, line);
    this.#knows.set(client, line);
    this.#heard.set(client, (this.#heard.get(client) ?? new Set<bigint>()).add(heardNanos(line)));
    const awaited = this.#awaited.get(client);
    if (awaited === undefined) return;
    awaited.mayCome = true;
    // One that was heard long ago ends no silence. On its way here it has only become older.
    const isBack = this.#now() - Number(heardNanos(line) / 1_000_000n) < awaited.seconds * 1000;
    awaited.hasToCome ||= this.#areClocksRight && isBack;
  }
}
