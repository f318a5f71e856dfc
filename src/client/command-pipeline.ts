// Commands and their answers over a connection that may break: each command is sent until it is answered.
//
// Answers come in the order of commands (LN5), so each answer belongs to the oldest command that was sent. A new connection first
// repeats what the last one left unanswered. That is safe: a report that is heard twice is one report (RP6), and a WHATSAT
// changes nothing. Few commands are unanswered at once, because a server limits bursts, and a command that was too fast is repeated.
// Of the reports of a client that wait to be sent only the newest is sent: its answer settles them all. An answer that cannot
// belong to its command breaks the connection off, and so does a silence: a repeated command does less harm than another
// command's answer. A FORGET parts the commands about its client: reports of before are not said again, and what was said after it waits until
// it is answered, as it may have to be said again. All times are of a steady clock: the device's own may be set meanwhile.
// Keeps CL2, CL6, CL13, CL16, CL17, CL18, CL22, CL24, CL41, CL42, CL47, CL49 and CL61.

import { TimeoutQueue } from "../core/lib/timeout-queue.ts";
import { TOO_MANY_COMMANDS } from "../core/contract/close-reason.ts";
import type { Refusal } from "../core/protocol/refusal.ts";
import { HerdError } from "./errors.ts";
import type { LineConnection } from "./line-connection.ts";
import { Pacer } from "./pacer.ts";
import { refusalError, retryMillisOf } from "./refusals.ts";
import type { CommandRequest, Reading } from "./request.ts";
import type { ClientSettings } from "./settings.ts";
import { Timer } from "./timer.ts";

interface Call {
  readonly request: CommandRequest<unknown>;
  readonly resolve: (answer: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Of the reports of one client, the newest has the greatest one. */
  readonly orderKey: string;
  /** Its place in the order of what waits. */
  place: number;
  /** Its client was to be forgotten after it was said: it is not said again. */
  isForgotten: boolean;
  /** It has settled. If its answer is still to come, the answer is read and dropped. */
  isOver: boolean;
  /** Older reports of the client that need not be sent, because this one is newer. */
  covered: Call[];
  /** The last refusal for pace. */
  refusal: Refusal | undefined;
}

export class CommandPipeline {
  readonly #connection: LineConnection;
  readonly #settings: ClientSettings;
  readonly #pacer: Pacer;
  /** Sent and not yet answered, oldest first. */
  readonly #sent = new Set<Call>();
  /** In the order of their places. */
  #waiting = new Set<Call>();
  /** By client: the report that waits to be sent. */
  readonly #waitingReports = new Map<string, Call>();
  /** By client: each FORGET that was sent or waits. */
  readonly #forgets = new Map<string, Set<Call>>();
  #calls = 0;
  #places = 0;
  /** The lines so far of the answer that is coming. */
  #lines: string[] = [];
  /** When the server last sent a line, or when the first unanswered command was sent. */
  #heardMillis = 0;
  readonly #deadlines: TimeoutQueue<Call>;
  readonly #timer = new Timer(() => this.#look());

  constructor(connection: LineConnection, settings: ClientSettings) {
    this.#connection = connection;
    this.#settings = settings;
    this.#pacer = new Pacer(settings.commandsSent);
    this.#deadlines = new TimeoutQueue(settings.timeoutSeconds);
    connection.addEventListener("line", ({ direction, text }) => {
      if (direction === "received") this.#hear(text);
    });
    connection.addEventListener("state", ({ state, reason }) => {
      if (state === "open") this.#sendMore();
      else if (state === "closed") this.#rejectAll();
      else {
        if (reason === TOO_MANY_COMMANDS.text) this.#pacer.beginSlowly();
        this.#takeBack();
      }
    });
  }

  /** Settles with the answer. Rejects with HerdError, or with the signal's reason. */
  async ask<Answer>(request: CommandRequest<Answer>, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted();
    if (this.#connection.failure !== undefined) throw this.#connection.failure;
    const { commandsWaiting } = this.#settings;
    if (this.#calls >= commandsWaiting)
      throw new HerdError(
        "too many waiting",
        `Cannot send more while ${commandsWaiting} commands wait for an answer: wait for some, or raise settings.commandsWaiting`,
      );
    const answered = Promise.withResolvers<Answer>();
    const place = ++this.#places;
    const call: Call = {
      request,
      resolve: answered.resolve as (answer: unknown) => void,
      reject: answered.reject,
      orderKey: request.report?.timeKey ?? stampOrderKey(place),
      place,
      isForgotten: false,
      isOver: false,
      covered: [],
      refusal: undefined,
    };
    const abort = () => this.#reject(call, signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    this.#calls++;
    this.#deadlines.set(call, performance.now());
    if (request.forgets === true) this.#forget(call);
    this.#wait(call);
    this.#sendMore();
    return answered.promise.finally(() => signal?.removeEventListener("abort", abort));
  }

  /** Puts a new call where it belongs among those that wait. */
  #wait(call: Call): void {
    const { report } = call.request;
    const other = report === undefined ? undefined : this.#waitingReports.get(report.client);
    if (report === undefined || other === undefined || this.#settings.reportsSent === "all") {
      if (report !== undefined) this.#waitingReports.set(report.client, call);
      this.#waiting.add(call);
      return;
    }
    // Of the two, the newer one is sent, at the place of the one that waited first.
    const [newer, older] = other.orderKey < call.orderKey ? [call, other] : [other, call];
    newer.covered.push(older, ...older.covered);
    older.covered = [];
    if (newer === other) return;
    call.place = other.place;
    this.#waiting.delete(other);
    this.#waitingReports.set(report.client, call);
    this.#insert([call]);
  }

  /** What was said of the client before is not said any more, and what is said after it waits for the answer. */
  #forget(call: Call): void {
    const { client } = call.request;
    this.#forgets.set(client, (this.#forgets.get(client) ?? new Set<Call>()).add(call));
    for (const sent of this.#sent) if (sent.request.report?.client === client) sent.isForgotten = true;
    const waiting = [...this.#waiting].filter(({ request }) => request.report?.client === client);
    for (const each of waiting.flatMap((report) => [...report.covered.splice(0), report]))
      this.#reject(each, forgottenError(each));
  }

  /** Whether it was said after a FORGET of its client that has no answer yet. */
  #isHeldBack({ request: { client }, place }: Call): boolean {
    const forgets = this.#forgets.get(client);
    return forgets !== undefined && [...forgets].some((forget) => forget.place < place);
  }

  /** If it is a FORGET that is neither sent nor waits any more, nothing is held back by it. */
  #letGo(call: Call): void {
    const { client, forgets = false } = call.request;
    if (!forgets || this.#sent.has(call) || this.#waiting.has(call)) return;
    const others = this.#forgets.get(client);
    others?.delete(call);
    if (others?.size === 0) this.#forgets.delete(client);
    this.#schedule();
  }

  /** Puts calls that were there before among those that wait, by their places. */
  #insert(calls: readonly Call[]): void {
    if (calls.length === 0) return;
    for (const call of calls) {
      const { report } = call.request;
      if (report !== undefined && !this.#waitingReports.has(report.client))
        this.#waitingReports.set(report.client, call);
    }
    this.#waiting = new Set([...calls, ...this.#waiting].toSorted((one, other) => one.place - other.place));
  }

  #unwait(call: Call): void {
    this.#waiting.delete(call);
    const { report } = call.request;
    if (report !== undefined && this.#waitingReports.get(report.client) === call)
      this.#waitingReports.delete(report.client);
  }

  #sendMore(): void {
    const nowMillis = performance.now();
    for (const call of this.#waiting) {
      if (this.#isHeldBack(call)) continue;
      if (this.#pacer.dueMillis(this.#sent.size) > nowMillis || !this.#connection.send(call.request.line)) break;
      this.#pacer.send(nowMillis);
      if (this.#sent.size === 0) this.#heardMillis = nowMillis;
      this.#unwait(call);
      this.#sent.add(call);
    }
    if (this.#waiting.size === 0) this.#pacer.rest();
    this.#schedule();
  }

  #hear(text: string): void {
    this.#heardMillis = performance.now();
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
    this.#letGo(call);
    this.#sendMore();
  }

  #settle(call: Call, reading: Exclude<Reading<unknown>, "more" | "not its answer">): void {
    if ("refusal" in reading) {
      if (reading.refusal.code === "pace") return this.#sayLater(call, reading.refusal);
      // What it covers is said in its place, also where nobody waits for it any more.
      if (call.isOver) return this.#insert(this.#unanswered([call]));
      return this.#reject(call, refusalError(call.request.line, reading.refusal));
    }
    this.#pacer.answered();
    for (const each of [call, ...call.covered]) {
      if (each.isOver) continue;
      this.#end(each);
      each.resolve(reading.answer);
    }
    call.covered = [];
  }

  #sayLater(call: Call, refusal: Refusal): void {
    this.#pacer.slowDown(retryMillisOf(refusal), performance.now());
    call.refusal = refusal;
    const [left] = this.#unanswered([call]);
    if (left === undefined) return;
    // A stamp would be later than that of the newer one, however early the report was said.
    const isToBeSaid = this.#settings.reportsSent === "all" && left.request.report?.timeKey !== undefined;
    const newer = isToBeSaid ? undefined : this.#newerThan(left);
    if (newer === undefined) return this.#insert([left]);
    newer.covered.push(left, ...left.covered);
    left.covered = [];
  }

  /** A newer report of the client, which was sent or waits. */
  #newerThan({ request: { report }, orderKey }: Call): Call | undefined {
    if (report === undefined) return undefined;
    return [...this.#sent, ...this.#waiting].find(
      (other) => !other.isOver && other.request.report?.client === report.client && other.orderKey > orderKey,
    );
  }

  /** The connection is lost: the next one first repeats what was not answered. */
  #takeBack(): void {
    this.#lines = [];
    const sent = [...this.#sent];
    const unanswered = this.#unanswered(sent);
    this.#sent.clear();
    this.#insert(unanswered);
    for (const call of sent) this.#letGo(call);
    this.#schedule();
  }

  /** What is still to be said of these calls: where one is over, the newest that it covered; of a client that was to be forgotten, none. */
  #unanswered(calls: readonly Call[]): Call[] {
    return calls.flatMap((call) => {
      if (call.isForgotten) {
        for (const each of [...call.covered.splice(0), call]) this.#reject(each, forgottenError(each));
        return [];
      }
      if (!call.isOver) return [call];
      const left = call.covered.filter(({ isOver }) => !isOver);
      call.covered = [];
      const newest = left.reduce<Call | undefined>(
        (best, other) => ((best?.orderKey ?? "") < other.orderKey ? other : best),
        undefined,
      );
      if (newest === undefined) return [];
      newest.covered = left.filter((other) => other !== newest);
      newest.place = call.place;
      return [newest];
    });
  }

  /** Of a report that covers older ones, the newest of these is said in its place. */
  #reject(call: Call, reason: unknown): void {
    if (call.isOver) return;
    const wasSent = this.#sent.has(call);
    this.#end(call);
    call.reject(reason);
    this.#letGo(call);
    // One that was sent keeps its place in the order of answers, and may yet be accepted.
    if (wasSent || call.covered.length === 0) return;
    this.#insert(this.#unanswered([call]));
    this.#schedule();
  }

  #end(call: Call): void {
    call.isOver = true;
    this.#calls--;
    this.#unwait(call);
    this.#deadlines.drop(call);
  }

  #rejectAll(): void {
    const calls = [...this.#sent, ...this.#waiting].flatMap((call) => [call, ...call.covered]);
    for (const call of calls) call.covered = [];
    this.#sent.clear();
    this.#waiting.clear();
    for (const call of calls) this.#reject(call, this.#connection.failure);
    this.#schedule();
  }

  #schedule(): void {
    const answerMillis = this.#sent.size === 0 ? Infinity : this.#heardMillis + this.#settings.answerSeconds * 1000;
    const isOpen = this.#connection.standing.state === "open";
    const sendMillis = isOpen && this.#hasToSend() ? this.#pacer.dueMillis(this.#sent.size) : Infinity;
    this.#timer.setAt(Math.min(this.#deadlines.nextMillis, answerMillis, sendMillis));
  }

  #hasToSend(): boolean {
    for (const call of this.#waiting) if (!this.#isHeldBack(call)) return true;
    return false;
  }

  #look(): void {
    const nowMillis = performance.now();
    const { answerSeconds } = this.#settings;
    for (const call of this.#deadlines.takeDue(nowMillis)) this.#reject(call, this.#lateError(call));
    if (this.#sent.size > 0 && nowMillis >= this.#heardMillis + answerSeconds * 1000)
      this.#connection.drop(`it owed an answer and said nothing for ${answerSeconds} s`);
    this.#sendMore();
  }

  #lateError({ request, refusal }: Call): HerdError {
    if (refusal !== undefined) return refusalError(request.line, refusal);
    const { server = "The herd", reason = "it did not answer" } = this.#connection.standing;
    const seconds = `${this.#settings.timeoutSeconds} s (settings.timeoutSeconds)`;
    return new HerdError(
      "unreachable",
      `Cannot get an answer to ${JSON.stringify(request.line)} within ${seconds}: ${server}: ${reason}`,
    );
  }
}

function forgottenError({ request: { line, client } }: Call): HerdError {
  return new HerdError(
    "forgotten",
    `Cannot send ${JSON.stringify(line)}: ${JSON.stringify(client)} was to be forgotten after it was said`,
  );
}

/** After every time's key, which begins with a character before it, and in the order of the calls. */
function stampOrderKey(place: number): string {
  return `~${String(place).padStart(16, "0")}`;
}
