// Commands and their answers over a connection that breaks: each is asked until it is answered, in the order of the calls.
//
// Answers come in the order of commands (LN5), so the oldest command sent is the one that is answered. What a lost
// connection left unanswered is said again on the next one, before anything new: a report that was heard twice is one
// report (RP6), a question asked twice changes nothing. Few commands are on their way at once, so that a server is not asked
// for more than its burst limit. An answer that cannot be the command's own, or none for too long, breaks the connection
// off: better said twice than answered with somebody else's. Keeps CL1, CL2, CL3 and CL6.

import { TimeoutQueue } from "../core/lib/timeout-queue.ts";
import { HerdError } from "./errors.ts";
import type { LineConnection } from "./line-connection.ts";
import type { CommandRequest, Reading } from "./request.ts";
import type { ClientSettings } from "./settings.ts";
import { Timer } from "./timer.ts";

interface Call {
  readonly question: CommandRequest<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Nobody waits for it any more: its answer, if it is still to come, is read and forgotten. */
  isOver: boolean;
}

export class CommandPipeline {
  readonly #connection: LineConnection;
  readonly #settings: ClientSettings;
  /** On their way, oldest first. */
  readonly #sent = new Set<Call>();
  #waiting = new Set<Call>();
  /** Of the answer that is coming. */
  #lines: string[] = [];
  /** When the server last said something, or was first asked. */
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
  async ask<Answer>(question: CommandRequest<Answer>, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#connection.failure !== undefined) throw this.#connection.failure;
    const { commandsWaiting } = this.#settings;
    if (this.#sent.size + this.#waiting.size >= commandsWaiting)
      throw new HerdError(
        "too many waiting",
        `Cannot ask for more while ${commandsWaiting} commands wait for an answer: wait for some, or raise settings.commandsWaiting`,
      );
    const answered = Promise.withResolvers<Answer>();
    const call: Call = {
      question,
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
      if (this.#sent.size >= this.#settings.commandsSent || !this.#connection.send(call.question.line)) break;
      if (this.#sent.size === 0) this.#heardMillis = Date.now();
      this.#waiting.delete(call);
      this.#sent.add(call);
    }
    this.#schedule();
  }

  #hear(text: string): void {
    this.#heardMillis = Date.now();
    const [call] = this.#sent;
    if (call === undefined) return this.#connection.drop(`it said ${JSON.stringify(text)}, which nobody had asked for`);
    this.#lines.push(text);
    const reading = call.question.read(this.#lines);
    if (reading === "more") return;
    if (reading === "not its answer")
      return this.#connection.drop(`it answered ${JSON.stringify(call.question.line)} with ${JSON.stringify(text)}`);
    this.#lines = [];
    this.#sent.delete(call);
    this.#settle(call, reading);
    this.#sendMore();
  }

  #settle(call: Call, reading: Exclude<Reading<unknown>, "more" | "not its answer">): void {
    if (call.isOver) return;
    if (reading === "refused") {
      const { code, message } = call.question.refusal;
      return this.#reject(call, new HerdError(code, message));
    }
    this.#end(call);
    call.resolve(reading.answer);
  }

  /** The connection is lost: what was not answered is said again, first. */
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

  /** What was sent keeps its place in the order of answers. */
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
      const message = `Cannot have ${JSON.stringify(call.question.line)} answered within ${timeoutSeconds} s (settings.timeoutSeconds): ${server}: ${reason}`;
      this.#reject(call, new HerdError("unreachable", message));
    }
    if (this.#sent.size > 0 && nowMillis >= this.#heardMillis + answerSeconds * 1000)
      this.#connection.drop(`it said nothing for ${answerSeconds} s while it was to answer`);
    this.#schedule();
  }
}
