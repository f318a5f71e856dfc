// The load: connections that keep a number of messages outstanding, and check every answer.
//
// The speed of wrong answers is worth nothing, so the first wrong answer ends a run. The load must cost less than what it measures;
// load-connection.ts says how. Keeps BM3.

import { setTimeout as sleep } from "node:timers/promises";
import { LoadConnection, type Asked } from "./load-connection.ts";

/** The lines to send, and which answers are right. */
export interface Workload {
  /** The next line to send, with its LF. */
  next(): string;
  isAnswer(answer: string, asked: string): boolean;
  /** The end of an answer; LF by default. */
  readonly end?: string;
}

export interface LoadOptions {
  readonly connections: number;
  /** Messages of each connection that are not answered yet. */
  readonly outstanding: number;
  readonly linesPerMessage?: number;
}

/** What a run of a load measured. */
export interface LoadRun {
  readonly linesPerSecond: number;
  /** For each message of this run, the time from sending it to the last of its answers. */
  readonly latenciesMillis: number[];
}

/** Time between two bursts of a paced load. */
const PACE_MILLIS = 2;

export class LineLoad {
  readonly #options: Required<LoadOptions>;
  readonly #workload: Workload;
  #connections: readonly LoadConnection[] = [];
  #unsent = 0;
  #answers = 0;
  #latenciesMillis: number[] = [];
  #outstanding = 0;
  #failure: Error | undefined;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  private constructor(options: LoadOptions, workload: Workload) {
    this.#options = { linesPerMessage: 1, ...options };
    this.#workload = workload;
  }

  /** Opens the connections. Nothing is sent yet. */
  static async open(url: string, options: LoadOptions, workload: Workload): Promise<LineLoad> {
    const load = new LineLoad(options, workload);
    const connections: LoadConnection[] = [];
    for (let index = 0; index < options.connections; index++)
      connections.push(
        await LoadConnection.open(url, workload.end ?? "\n", {
          answer: (connection, line, asked) => load.#hear(connection, line, asked),
          closed: (reason) => load.#fail(`${url} closed with ${reason}`),
        }),
      );
    load.#connections = connections;
    return load;
  }

  /** Runs for that long, then waits for the last answers. Rejects at the first wrong answer. */
  run(millis: number): Promise<LoadRun> {
    return this.#run(Infinity, millis);
  }

  /** Sends that many lines, and waits for their answers. Rejects at the first wrong answer. */
  runLines(lines: number): Promise<LoadRun> {
    return this.#run(lines, undefined);
  }

  /** Sends lines at an even pace. The returned function stops that, and waits for the last answers. */
  startPaced(linesPerSecond: number): () => Promise<void> {
    const since = performance.now();
    let sent = 0;
    const settled = this.#begin();
    settled.catch(() => clearInterval(timer));
    const timer = setInterval(() => {
      const due = Math.floor(((performance.now() - since) / 1000) * linesPerSecond);
      this.#unsent = due - sent;
      for (; sent < due; sent++) this.#ask(this.#connections[sent % this.#connections.length] ?? this.#connections[0]);
    }, PACE_MILLIS);
    return async () => {
      clearInterval(timer);
      if (this.#outstanding > 0) await settled;
    };
  }

  async #run(lines: number, millis: number | undefined): Promise<LoadRun> {
    this.#answers = 0;
    this.#latenciesMillis = [];
    this.#unsent = lines;
    const settled = this.#begin();
    const since = performance.now();
    for (let index = 0; index < this.#options.outstanding; index++)
      for (const connection of this.#connections) this.#ask(connection);
    await Promise.race([settled, ...(millis === undefined ? [] : [sleep(millis)])]);
    this.#unsent = 0;
    const linesPerSecond = (this.#answers / (performance.now() - since)) * 1000;
    if (this.#outstanding > 0) await settled;
    this.#settle = undefined;
    return { linesPerSecond, latenciesMillis: this.#latenciesMillis };
  }

  async close(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.close()));
  }

  /** Settles when nothing is outstanding. Rejects at the first failure, also at one that came before. */
  #begin(): Promise<void> {
    const settled = new Promise<void>((resolve, reject) => (this.#settle = { resolve, reject }));
    if (this.#failure !== undefined) this.#settle?.reject(this.#failure);
    return settled;
  }

  #ask(connection: LoadConnection | undefined): void {
    const count = Math.min(this.#options.linesPerMessage, this.#unsent);
    if (connection === undefined || count === 0) return;
    this.#unsent -= count;
    this.#outstanding += count;
    connection.ask(Array.from({ length: count }, () => this.#workload.next()));
  }

  #hear(connection: LoadConnection, answer: string, { line, sentMillis }: Asked): void {
    if (!this.#workload.isAnswer(answer, line)) return this.#fail(`Wrong answer to ${line.trimEnd()}: ${answer}`);
    this.#answers++;
    this.#outstanding--;
    if (sentMillis === undefined) return;
    this.#latenciesMillis.push(performance.now() - sentMillis);
    this.#ask(connection);
    if (this.#outstanding === 0) this.#settle?.resolve();
  }

  #fail(reason: string): void {
    this.#failure ??= new Error(reason);
    this.#settle?.reject(this.#failure);
  }
}
