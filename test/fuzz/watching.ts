// What one connection watches and may be told, by a second reading of WT1 to WT4, WT7, WT18, WT20 and WT21.
//
// What it is told need not be durable, so it says nothing of what a server must hold; it is a report that somebody made,
// newer than what this connection was told before in the same life of its server, and not older than what was answered.

import { Violation } from "../sim/violation.ts";
import type { Knowledge } from "./knowledge.ts";
import { compareReports, readAt, type ReadReport } from "./reference.ts";

export interface WatchCommand {
  readonly kind: "WATCH" | "UNWATCH";
  readonly client: string;
  /** The silence that a WATCH asks for. */
  readonly seconds?: number | undefined;
  readonly line: string;
}

export class Watching {
  readonly #knowledge: Knowledge;
  readonly #watchesMax: number;
  readonly #watched = new Set<string>();
  /** Watched clients of whose silence it asks to be told; whether it was told since they last spoke, or since it asked. */
  readonly #silences = new Map<string, boolean>();
  /** By client: the greatest report that this connection was told in this life of the server. */
  readonly #told = new Map<string, ReadReport>();

  constructor(knowledge: Knowledge, watchesMax: number) {
    this.#knowledge = knowledge;
    this.#watchesMax = watchesMax;
  }

  /** The server has another life: what it had not made durable is gone, and may come again. */
  forgetTold(): void {
    this.#told.clear();
  }

  /** Whether this answers the command, which takes effect with it. `held`: the AT line that followed. */
  takes(answer: string, { kind, client, seconds, line }: WatchCommand, held: string | undefined): boolean {
    const isFull = kind === "WATCH" && !this.#watched.has(client) && this.#watched.size >= this.#watchesMax;
    if (isFull) return answer === `? ${line}\n` && held === undefined;
    if (answer !== `${[kind, client, ...(seconds === undefined ? [] : [seconds])].join(" ")}\n`) return false;
    if (seconds === undefined) this.#silences.delete(client);
    else this.#silences.set(client, false);
    if (kind === "UNWATCH") return this.#watched.delete(client) || held === undefined;
    this.#watched.add(client);
    if (held !== undefined) this.#note(held, true);
    const isToFollow = client !== "*" && this.#knowledge.knows(client) === true;
    return held !== undefined || !isToFollow;
  }

  /** The server tells an AT line of its own accord. */
  hear(line: string): void {
    const client = readAt(line)?.client ?? "";
    if (!this.#watched.has(client) && !this.#watched.has("*"))
      throw new Violation("watch", `told what it neither asked for nor watches: ${line}`);
    this.#note(line, false);
  }

  /** The server tells that a client was forgotten. */
  hearForgotten(line: string): void {
    const [, client = ""] = line.split(" ");
    if (!/^FORGOT \S+ (?:0|[1-9]\d*)\.\d{9}$/.test(line) || !this.#knowledge.mayBeForgotten(client))
      throw new Violation("watch", `told ${line}, and nobody had it forgotten`);
    if (!this.#watched.has(client) && !this.#watched.has("*"))
      throw new Violation("watch", `told what it neither asked for nor watches: ${line}`);
    if (this.#silences.has(client)) this.#silences.set(client, false);
  }

  /** The server tells that a client is silent. Each time an AT line has come before, or a WATCH. */
  hearSilence(line: string): void {
    const [, client = "", time = "", ...others] = line.split(" ");
    if (this.#silences.get(client) !== false || others.length > 0)
      throw new Violation("watch", `told of a silence that it did not ask for, or knows: ${line}`);
    if (!/^(?:0|[1-9]\d*)(?:\.\d{0,8}[1-9])?$/.test(time)) throw new Violation("watch", `told no time: ${line}`);
    this.#silences.set(client, true);
  }

  /** `isAnswer`: it may repeat what was told. */
  #note(line: string, isAnswer: boolean): void {
    const report = this.#knowledge.reportOf(line);
    if (report === undefined) throw new Violation("watch", `told what nobody has reported: ${line}`);
    const answered = this.#knowledge.toldOf(report.client);
    const last = this.#told.get(report.client);
    const isAnyOrder = this.#knowledge.mayBeForgotten(report.client);
    const order = isAnyOrder || last === undefined ? 1 : compareReports(report, last);
    if (
      order < 0 ||
      (order === 0 && !isAnswer) ||
      (!isAnyOrder && answered !== undefined && compareReports(report, answered) < 0)
    )
      throw new Violation("watch", `told ${line} after ${last?.line}, or after ${answered?.line}`);
    this.#told.set(report.client, report);
    if (this.#silences.has(report.client)) this.#silences.set(report.client, false);
  }
}
