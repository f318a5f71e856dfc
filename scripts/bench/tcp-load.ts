// One TCP connection that keeps a number of lines under way, as a client of the paper's does, and checks each answer.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { Workload } from "./line-load.ts";

export class TcpLoad {
  readonly #socket: Socket;
  readonly #outstanding: number;
  readonly #workload: Workload;
  readonly #asked: string[] = [];
  #begun = "";
  #isAsking = false;
  #answers = 0;
  #onAnswered: (() => void) | undefined;
  #failure: Error | undefined;

  private constructor(socket: Socket, outstanding: number, workload: Workload) {
    this.#socket = socket;
    this.#outstanding = outstanding;
    this.#workload = workload;
    socket.on("data", (text: string) => this.#hear(text));
    socket.on("close", () => this.#fail(new Error("The connection was closed")));
    socket.on("error", (error) => this.#fail(error));
  }

  static async open(port: number, outstanding: number, workload: Workload): Promise<TcpLoad> {
    const socket = connect({ port, host: "127.0.0.1", noDelay: true }).setEncoding("utf8");
    await once(socket, "connect");
    return new TcpLoad(socket, outstanding, workload);
  }

  /** Every answer so far. */
  get answers(): number {
    return this.#answers;
  }

  /** Answers a second over that long; the last ones are waited for. Rejects at a wrong one. */
  async run(millis: number): Promise<number> {
    const before = this.#answers;
    const since = performance.now();
    const answered = new Promise<void>((resolve) => (this.#onAnswered = resolve));
    const timer = setTimeout(() => (this.#isAsking = false), millis);
    this.#isAsking = true;
    this.#ask(this.#outstanding);
    await answered;
    clearTimeout(timer);
    if (this.#failure !== undefined) throw this.#failure;
    return ((this.#answers - before) / (performance.now() - since)) * 1000;
  }

  close(): void {
    this.#socket.removeAllListeners("close").destroy();
  }

  #ask(count: number): void {
    const lines = Array.from({ length: count }, () => this.#workload.next());
    this.#asked.push(...lines);
    this.#socket.write(lines.join(""));
  }

  #hear(text: string): void {
    const answers = (this.#begun + text).split("\n");
    this.#begun = answers.pop() ?? "";
    const asked = this.#asked.splice(0, answers.length);
    for (const [index, answer] of answers.entries())
      if (!this.#workload.isAnswer(answer, asked[index] ?? "")) return this.#fail(new Error(`Wrong answer: ${answer}`));
    this.#answers += answers.length;
    if (this.#isAsking) this.#ask(answers.length);
    else if (this.#asked.length === 0) this.#onAnswered?.();
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    this.#isAsking = false;
    this.#onAnswered?.();
  }
}
