// A client's connection that only watches. It knows what it watches, what it was told, and what it read on the page of reports
// after a `WATCH *` (WT1 to WT4, WT7, WT8).

import { clientOf, compareReports } from "./claimed-time.ts";
import type { ConnectionEnd } from "./connection.ts";
import { Violation } from "./violation.ts";

export interface SimWatcherOptions {
  readonly name: string;
  readonly end: ConnectionEnd;
  /** `limits.watches`. */
  readonly watchesMax: number;
  /** A page of all reports that its server holds. */
  readonly page: () => readonly string[];
}

export class SimWatcher {
  readonly #name: string;
  readonly #end: ConnectionEnd;
  readonly #watchesMax: number;
  readonly #page: () => readonly string[];
  /** Lines without an answer yet, in order. */
  readonly #said: string[] = [];
  readonly #watched = new Set<string>();
  /** The greatest line that it was told, by client. */
  readonly #told = new Map<string, string>();
  /** The lines of the last page, by client. */
  #read = new Map<string, string>();
  /** The client of the WATCH that the last line answered. Its current AT line may follow. */
  #mayFollow: string | undefined;

  constructor({ name, end, watchesMax, page }: SimWatcherOptions) {
    this.#name = name;
    this.#end = end;
    this.#watchesMax = watchesMax;
    this.#page = page;
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
    if (!lines.includes(held))
      throw new Violation(
        "WT4",
        `${this.#name} was never told ${held}, its last of ${client} is ${lines.join(" or ")}`,
      );
  }

  #hear(line: string): void {
    const mayFollow = this.#mayFollow;
    this.#mayFollow = undefined;
    if (line.startsWith("AT ")) return this.#hearReport(line, clientOf(line) === mayFollow);
    const said = this.#said.shift();
    if (said === undefined) throw new Violation("LN5", `${this.#name} was answered ${line} without asking`);
    const answer = this.#answerTo(said);
    if (line !== answer) throw new Violation("WT1", `${this.#name}: ${said} was answered ${line}, not ${answer}`);
    if (answer.startsWith("WATCH ")) this.#mayFollow = answer.slice("WATCH ".length);
    if (answer === "WATCH *") this.#read = new Map(this.#page().map((line) => [clientOf(line), line]));
  }

  /** Notes the answer that is expected, and what is watched from then on. */
  #answerTo(said: string): string {
    const [command, name, ...others] = said.split(" ");
    const isFull = this.#watched.size >= this.#watchesMax;
    if (name === undefined || others.length > 0) return `? ${said}`;
    if (command === "UNWATCH") this.#watched.delete(name);
    else if (command !== "WATCH" || (isFull && !this.#watched.has(name))) return `? ${said}`;
    else this.#watched.add(name);
    return said;
  }

  #hearReport(line: string, isHeld: boolean): void {
    const client = clientOf(line);
    if (!this.#watched.has(client) && !this.#watched.has("*"))
      throw new Violation("WT3", `${this.#name} was told ${line} and does not watch ${client}`);
    const last = this.#told.get(client);
    const order = last === undefined ? 1 : compareReports(line, last);
    // The answer to a WATCH repeats what was told.
    if (order < 0 || (order === 0 && !isHeld))
      throw new Violation("WT11", `${this.#name} was told ${line} after ${last}`);
    this.#told.set(client, line);
  }
}
