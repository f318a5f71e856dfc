// Commands and their answers over a connection that may break: each command is sent until it is answered.
//
// Answers come in the order of commands (LN5), so each answer belongs to the oldest command that was sent. A new connection first
// repeats what the last one left unanswered. That is safe: a report that is heard twice is one report (RP6), and a WHATSAT
// changes nothing. Few commands are unanswered at once, because a server limits bursts. An answer that cannot belong to its command
// breaks the connection off, and so does a silence: a repeated command does less harm than another command's answer.
// Keeps CL2, CL6, CL13, CL16, CL17, CL18, CL22 and CL24.

import { TimeoutQueue } from "../core/lib/timeout-queue.ts";
import { HerdError } from "./errors.ts";
import type { LineConnection } from "./line-connection.ts";
import type { CommandRequest, Reading } from "./request.ts";
import type { ClientSettings } from "./settings.ts";
import { Timer } from "./timer.ts";

interface Call {
  readonly request: CommandRequest<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** It has settled. If its answer is still to come, the answer is read and dropped. */
  isOver: boolean;
}

export class CommandPipeline {
  readonly #connection: LineConnection;
  readonly #settings: ClientSettings;
  /** Sent and not yet answered, oldest first. */
  readonly #sent = new Set<Call>();
  #waiting = new Set<Call>();
  /** The lines so far of the answer that is coming. */
  #lines: string[] = [];
  /** When the server last sent a line, or when the first unanswered command was sent. */
  #heardMillis = 0;
  readonly #deadlines: TimeoutQueue<Call>;
  readonly #timer = new Timer(() => this.#look());

  constructor(connection: LineConnection, settings: ClientSettings) {
    this.#connection = connection;
    this.#settings = settings;
    this.#deadlines = new TimeoutQueue(settings.timeoutSeconds);
    connection.addEventListener("line", ({ direction, text }) => {
      if (direction === "received") this.#hear(text);
    });
    connection.addEventListener("state", ({ state }) => {
      if (state === "open") this.#sendMore();
      else if (state === "closed") this.#rejectAll();
      else this.#takeBack();
    });
  }

  /** Settles with the answer. Rejects with HerdError, or with the signal's reason. */
  async ask<Answer>(request: CommandRequest<Answer>, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#connection.failure !== undefined) throw this.#connection.failure;
    const { commandsWaiting } = this.#settings;
    if (this.#sent.size + this.#waiting.size >= commandsWaiting)
      throw new HerdError(
        "too many waiting",
        `Cannot send more while ${commandsWaiting} commands wait for an answer: wait for some, or raise settings.commandsWaiting`,
      );
    const answered = Promise.withResolvers<Answer>();
    const call: Call = {
      request,
      resolve: answered.resolve as (answer: unknown) => void,
      reject: answered.reject,
      isOver: false,
    };
    const abort = () => this.#reject(call, signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.add(call);
    this.#deadlines.set(call, Date.now());
    this.#sendMore();
    return answered.promise.finally(() => signal?.removeEventListener("abort", abort));
  }

  #sendMore(): void {
    for (const call of this.#waiting) {
      if (this.#sent.size >= this.#settings.commandsSent || !this.#connection.send(call.request.line)) break;
      if (this.#sent.size === 0) this.#heardMillis = Date.now();
      this.#waiting.delete(call);
      this.#sent.add(call);
    }
    this.#schedule();
  }

  #hear(text: string): void {
    this.#heardMillis = Date.now();
    const [call] = this.#sent;
    if (call === undefined) return this.#connection.drop(`it said ${JSON.stringify(text)}, which answers no command`);
    this.#lines.push(text);
    const reading = call.request.read(this.#lines);
    if (reading === "more") return;
    if (reading === "not its answer")
      return this.#connection.drop(`it answered ${JSON.stringify(call.request.line)} with ${JSON.stringify(text)}`);
    this.#lines = [];
    this.#sent.delete(call);
    this.#settle(call, reading);
    this.#sendMore();
  }

  #settle(call: Call, reading: Exclude<Reading<unknown>, "more" | "not its answer">): void {
    if (call.isOver) return;
    if (reading === "refused") {
      const { code, message } = call.request.refusal;
      return this.#reject(call, new HerdError(code, message));
    }
    this.#end(call);
    call.resolve(reading.answer);
  }

  /** The connection is lost: the next one first repeats what was not answered. */
  #takeBack(): void {
    this.#lines = [];
    const unanswered = [...this.#sent].filter(({ isOver }) => !isOver);
    this.#sent.clear();
    this.#waiting = new Set([...unanswered, ...this.#waiting]);
    this.#schedule();
  }

  #reject(call: Call, reason: unknown): void {
    if (call.isOver) return;
    this.#end(call);
    call.reject(reason);
  }

  /** A command that was sent keeps its place in the order of answers. */
  #end(call: Call): void {
    call.isOver = true;
    this.#waiting.delete(call);
    this.#deadlines.drop(call);
  }

  #rejectAll(): void {
    const calls = [...this.#sent, ...this.#waiting];
    this.#sent.clear();
    for (const call of calls) this.#reject(call, this.#connection.failure);
    this.#schedule();
  }

  #schedule(): void {
    const answerMillis = this.#sent.size === 0 ? Infinity : this.#heardMillis + this.#settings.answerSeconds * 1000;
    this.#timer.setAt(Math.min(this.#deadlines.nextMillis, answerMillis));
  }

  #look(): void {
    const nowMillis = Date.now();
    const { answerSeconds, timeoutSeconds } = this.#settings;
    for (const call of this.#deadlines.takeDue(nowMillis)) {
      const { server = "The herd", reason = "it did not answer" } = this.#connection.standing;
      const message = `Cannot get an answer to ${JSON.stringify(call.request.line)} within ${timeoutSeconds} s (settings.timeoutSeconds): ${server}: ${reason}`;
      this.#reject(call, new HerdError("unreachable", message));
    }
    if (this.#sent.size > 0 && nowMillis >= this.#heardMillis + answerSeconds * 1000)
      this.#connection.drop(`it owed an answer and said nothing for ${answerSeconds} s`);
    this.#schedule();
  }
}
