// The load: line connections over WebSocket that keep a number of messages outstanding, and check every answer.
//
// The generator has to cost less than what it measures. So messages that become due together leave in one write (`cork`),
// and an answer is checked by comparing its two ends with what was asked. Answers come in order (LN5), so a queue a
// connection tells which line is answered next; one message may hold several answers.

import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";

/** What the lines say, and what answers them rightly. */
export interface Speech {
  /** The next line to send, with its LF. */
  next(): string;
  isAnswer(answer: string, asked: string): boolean;
  /** What an answer ends with, LF if nothing is said. */
  readonly end?: string;
}

export interface LoadOptions {
  readonly connections: number;
  /** Messages under way at once, a connection. */
  readonly outstanding: number;
  readonly linesPerMessage?: number;
}

/** What a run of a load saw. */
export interface Pace {
  readonly linesPerSecond: number;
  /** Between sending a message and the last of its answers, of each message of this run. */
  readonly latenciesMillis: number[];
}

/** Answered lines that a queue keeps before it is cut: shifting it for each would cost its length each time. */
const QUEUE_CUT = 1024;

/** Between two bursts of a paced load. */
const PACE_MILLIS = 2;

interface Asked {
  readonly line: string;
  /** The last line of a message tells how long that took. */
  readonly sentMillis: number | undefined;
}

class LoadConnection {
  readonly #socket: WebSocket;
  readonly #raw: Socket;
  readonly #queue: Asked[] = [];
  #head = 0;
  #isCorked = false;

  private constructor(socket: WebSocket, raw: Socket) {
    this.#socket = socket;
    this.#raw = raw;
  }

  static async open(
    url: string,
    end: string,
    onAnswer: (connection: LoadConnection, line: string, asked: Asked) => void,
  ) {
    let raw: Socket | undefined;
    const { hostname, port } = new URL(url);
    const createConnection = () => (raw = connect({ host: hostname, port: Number(port), noDelay: true }));
    const socket = new WebSocket(url, { perMessageDeflate: false, skipUTF8Validation: true, createConnection });
    await new Promise<void>((resolve, reject) => {
      socket.once("open", resolve);
      socket.once("error", reject);
    });
    if (raw === undefined) throw new Error(`Cannot reach the socket below ${url}`);
    const connection = new LoadConnection(socket, raw);
    socket.on("message", (data: Buffer) => connection.#hear(data.toString(), end, onAnswer));
    return connection;
  }

  ask(lines: readonly string[]): void {
    const sentMillis = performance.now();
    for (const [index, line] of lines.entries())
      this.#queue.push({ line, sentMillis: index === lines.length - 1 ? sentMillis : undefined });
    this.#cork();
    this.#socket.send(lines.length === 1 ? (lines[0] ?? "") : lines.join(""));
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#socket.once("close", resolve));
    this.#socket.close(1000);
    await closed;
  }

  onFailure(fail: (reason: string) => void): void {
    this.#socket.on("close", (code) => fail(`closed with ${code}`));
  }

  #cork(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#raw.cork();
    process.nextTick(() => {
      this.#isCorked = false;
      this.#raw.uncork();
    });
  }

  #hear(
    message: string,
    end: string,
    onAnswer: (connection: LoadConnection, line: string, asked: Asked) => void,
  ): void {
    for (let start = 0; start < message.length;) {
      const lf = message.indexOf(end, start);
      const asked = this.#queue[this.#head++];
      if (asked === undefined || lf < 0) throw new Error(`Cannot match an answer with a line: ${message.slice(start)}`);
      if (this.#head >= QUEUE_CUT) {
        this.#queue.splice(0, this.#head);
        this.#head = 0;
      }
      onAnswer(this, message.slice(start, lf), asked);
      start = lf + end.length;
    }
  }
}

export class LineLoad {
  readonly #options: Required<LoadOptions>;
  readonly #speech: Speech;
  #connections: readonly LoadConnection[] = [];
  #unsent = 0;
  #answers = 0;
  #latenciesMillis: number[] = [];
  #outstanding = 0;
  #settle: { resolve(): void; reject(error: Error): void } | undefined;

  private constructor(options: LoadOptions, speech: Speech) {
    this.#options = { linesPerMessage: 1, ...options };
    this.#speech = speech;
  }

  /** Opens the connections; nothing is sent yet. `urls`: one for all, or several in turn. */
  static async open(urls: readonly string[], options: LoadOptions, speech: Speech): Promise<LineLoad> {
    const load = new LineLoad(options, speech);
    const connections: LoadConnection[] = [];
    for (let index = 0; index < options.connections; index++) {
      const url = urls[index % urls.length] ?? "";
      const connection = await LoadConnection.open(url, speech.end ?? "\n", (from, line, asked) =>
        load.#hear(from, line, asked),
      );
      connection.onFailure((reason) => load.#fail(`${url} ${reason}`));
      connections.push(connection);
    }
    load.#connections = connections;
    return load;
  }

  /** Runs for that long, then waits for the last answers. Rejects at the first wrong one. */
  run(millis: number): Promise<Pace> {
    return this.#run(Infinity, millis);
  }

  /** Sends that many lines, the last message cut to what is left, and waits for their answers. Rejects at a wrong one. */
  runLines(lines: number): Promise<Pace> {
    return this.#run(lines, undefined);
  }

  /** Sends lines at an even pace; what it gives stops that, and waits for the last answers. */
  startPaced(linesPerSecond: number): () => Promise<void> {
    const since = performance.now();
    let sent = 0;
    const settled = new Promise<void>((resolve, reject) => (this.#settle = { resolve, reject }));
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

  async #run(lines: number, millis: number | undefined): Promise<Pace> {
    this.#answers = 0;
    this.#latenciesMillis = [];
    this.#unsent = lines;
    const settled = new Promise<void>((resolve, reject) => (this.#settle = { resolve, reject }));
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

  #ask(connection: LoadConnection | undefined): void {
    const count = Math.min(this.#options.linesPerMessage, this.#unsent);
    if (connection === undefined || count === 0) return;
    this.#unsent -= count;
    this.#outstanding += count;
    connection.ask(Array.from({ length: count }, () => this.#speech.next()));
  }

  #hear(connection: LoadConnection, answer: string, { line, sentMillis }: Asked): void {
    if (!this.#speech.isAnswer(answer, line)) return this.#fail(`Wrong answer to ${line.trimEnd()}: ${answer}`);
    this.#answers++;
    this.#outstanding--;
    if (sentMillis === undefined) return;
    this.#latenciesMillis.push(performance.now() - sentMillis);
    this.#ask(connection);
    if (this.#outstanding === 0) this.#settle?.resolve();
  }

  #fail(reason: string): void {
    this.#settle?.reject(new Error(reason));
  }
}
