// A client's connection to one server. It knows which answers to expect, and in which order (LN5).

import { AHEAD_SECONDS_REFUSED } from "./action.ts";
import { claimedNanos, clientOf } from "./claimed-time.ts";
import type { ConnectionEnd } from "./connection.ts";
import { Violation } from "./violation.ts";

interface Said {
  readonly line: string;
  readonly atMillis: number;
}

export class SimClient {
  readonly #name: string;
  readonly #end: ConnectionEnd;
  /** Whether its server took no reports at that time or later. */
  readonly #wasReadOnly: (sinceMillis: number) => boolean;
  /** Commands without an answer yet, in order. */
  readonly #said: Said[] = [];
  /** The newest time that this connection was told, by client. It never goes back (RP6). */
  readonly #told = new Map<string, bigint>();
  #heard = "";

  constructor(name: string, end: ConnectionEnd, wasReadOnly: (sinceMillis: number) => boolean) {
    this.#name = name;
    this.#end = end;
    this.#wasReadOnly = wasReadOnly;
    end.party = {
      hear: (data) => {
        this.#heard += String(data);
        while (this.#takeAnswer());
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

  say(lines: readonly string[], nowMillis: number): void {
    for (const line of lines) this.#said.push({ line, atMillis: nowMillis });
    this.#end.send(lines.map((line) => `${line}\n`).join(""));
  }

  /** Called at the end: an open connection has all its answers. */
  demandAnswers(): void {
    const [first] = this.#said;
    if (this.isOpen && first !== undefined) throw new Violation("LN5", `${this.#name}: ${first.line} has no answer`);
  }

  /** Takes the next answer from what was heard; `false` if it is not there yet. */
  #takeAnswer(): boolean {
    const lineEnd = this.#heard.indexOf("\n");
    if (lineEnd < 0) return false;
    const [said] = this.#said;
    if (said === undefined) throw new Violation("LN5", `${this.#name} was told ${this.#heard} without asking`);
    const line = this.#heard.slice(0, lineEnd);
    const isWithPlaces = line.startsWith("AT ") && said.line.startsWith("WHATSAT ");
    const end = isWithPlaces ? this.#heard.indexOf("\n\n") + 1 : lineEnd;
    if (isWithPlaces && end === 0) return false;
    this.#said.shift();
    this.#heard = this.#heard.slice(end + 1);
    this.#check(said, line);
    return true;
  }

  #check(said: Said, answer: string): void {
    const [command = "", client = ""] = said.line.split(" ");
    if (answer === `? ${said.line}` && isToBeRefused(said)) return;
    const wrong = () => new Violation(command === "WHATSAT" ? "WA3" : "RP5", `${said.line} was answered ${answer}`);
    if (answer === `? ${said.line}` && command === "WHATSAT") return;
    if (answer === `? ${said.line}` && this.#wasReadOnly(said.atMillis)) return;
    if (isToBeRefused(said) || !answer.startsWith("AT ") || clientOf(answer) !== client) throw wrong();
    const time = claimedNanos(answer);
    if (command === "IAMAT" && time < claimedNanos(said.line)) throw wrong();
    if (time < (this.#told.get(client) ?? 0n))
      throw new Violation("RP6", `${this.#name} was told ${answer} after newer`);
    this.#told.set(client, time);
  }
}

function isToBeRefused({ line, atMillis }: Said): boolean {
  const fields = line.split(" ");
  if (fields[0] === "WHATSAT") return false;
  if (fields[0] !== "IAMAT" || fields.length !== 4) return true;
  return claimedNanos(line) > BigInt(atMillis + AHEAD_SECONDS_REFUSED * 1000) * 1_000_000n;
}
