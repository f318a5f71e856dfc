// One connection of a client, as the rules see it: which of its lines are heard, what must answer each, and when it has to close.
//
// It is told of each event in the turn that hears it, before the server is. Rates, deadlines and silence follow the steady
// clock of the server's life (LI26).

import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import type { CloseReason } from "../../src/core/contract/close-reason.ts";
import type { ConnectionContext, ResumedConnection } from "../../src/core/contract/events.ts";
import type { ClockPolicy, ConnectionId, TransportKind, UnknownPolicy } from "../../src/core/protocol/connection.ts";
import { Violation } from "../sim/violation.ts";
import type { Knowledge } from "./knowledge.ts";
import type { Life } from "./life.ts";
import { Listener, type Paced } from "./listener.ts";
import type { Rate, Wait } from "./rate-model.ts";
import { answerOf, meaningOf, readFields, readLines, refusalOf, type Meaning, type ReadLine } from "./reference.ts";
import { StreamReader } from "./stream-reader.ts";
import { Watching } from "./watching.ts";

/** LI32. */
const HTTP_REQUEST = /^[A-Z]+ \S+ HTTP\/[0-9]/;

/** LI22. */
const COST_BYTES = 1024;

/** What an answer with so many places takes, at least and at most: no rule says it exactly (LI27). */
export const PLACE_BYTES_LEAST = 400;
const PLACE_BYTES_MOST = 3_000;

/** What any answer takes beside its text. */
const ANSWER_BYTES = 1_000;

/** How long to wait where too many answers wait. */
const ANSWERS_WAIT_MILLIS = 1000;

type CloseName = CloseReason["name"];

/** Where it speaks. */
export interface Place {
  readonly name: string;
  readonly config: HerdConfig;
  readonly knowledge: Knowledge;
  readonly life: Life;
  /** Whether the server holds a report of the client. */
  holds(client: string): boolean;
  /** The bytes of answers that wait on all connections, at most. */
  waitingBytesMost(): number;
}

export interface SpeakerOptions {
  readonly connection: ConnectionId;
  readonly via: TransportKind;
  readonly unknown: UnknownPolicy | undefined;
  readonly reasons: boolean;
  readonly clock: ClockPolicy | undefined;
  readonly address: string | undefined;
  readonly subject: string | undefined;
  readonly context: ConnectionContext;
}

export class Speaker {
  readonly connection: ConnectionId;
  readonly listener: Listener;
  readonly watching: Watching;
  readonly isStream: boolean;
  readonly isPost: boolean;
  readonly resumed: Extract<ResumedConnection, { type: "client" }>;
  /** What its connection remembers that it watches. */
  watches: readonly string[] = [];
  /** The client is gone: nobody hears the answers. */
  hasLeft = false;
  /** It reads nothing: what it was sent waits. */
  isSlow = false;
  unreadBytes = 0;
  /** As many when it was last sent something: then its server looks. */
  lookedAtBytes = 0;
  readonly #config: HerdConfig;
  readonly #speaks: Pick<SpeakerOptions, "address" | "subject">;
  readonly #reasons: boolean;
  readonly #clock: ClockPolicy | undefined;
  readonly #stream: StreamReader;
  /** Why it closes; each may be the reason. */
  #ends: readonly CloseName[] = [];
  #rate: Rate | undefined;
  /** Since when a stream has had a line to finish. */
  #unfinishedMillis = Infinity;
  #isUnfinished = false;
  #heardMillis: number | undefined;

  constructor(
    { connection, via, unknown, reasons, clock, address, subject, context }: SpeakerOptions,
    { config, knowledge }: Place,
  ) {
    this.connection = connection;
    this.#config = config;
    this.isStream = via === "tcp";
    this.isPost = via === "post";
    this.#reasons = reasons;
    this.#clock = clock;
    this.#speaks = { address, subject };
    this.watching = new Watching(knowledge, config.limits.watches);
    this.listener = new Listener(knowledge, unknown ?? (reasons ? "reject" : config.unknown), this.watching);
    this.#stream = new StreamReader(config.limits.lineBytes);
    this.resumed = { type: "client", connection, ...context };
  }

  /** Whether the server hears no more of it. */
  get hasEnded(): boolean {
    return this.#ends.length > 0;
  }

  /** The bytes of its answers that wait, at most. */
  get waitingBytesMost(): number {
    const { count, items, bytes } = this.listener.waiting;
    return count * ANSWER_BYTES + items * PLACE_BYTES_MOST + bytes + this.unreadBytes;
  }

  /** It connects, or wakes with its server. */
  begin({ rates, steadyMillis }: Life): void {
    this.#rate = rates.rateOf({ ...this.#speaks, isPost: this.isPost }, steadyMillis);
    this.#heardMillis = steadyMillis;
    if (this.isStream) this.#unfinishedMillis = steadyMillis;
  }

  wake(life: Life): void {
    this.watching.forgetTold();
    this.begin(life);
    this.#heardMillis = undefined;
  }

  hearMessage(place: Place, data: string | Uint8Array, receivedMillis: number): void {
    if (this.hasEnded) return;
    this.#heardMillis = place.life.steadyMillis;
    const { lineBytes, messageBytes } = this.#config.limits;
    const isTooLong = Buffer.byteLength(data) > messageBytes;
    if (isTooLong) this.#ends = ["message too long"];
    this.#hear(place, data.length, isTooLong ? [] : readLines(data, lineBytes), receivedMillis);
  }

  hearChunk(place: Place, data: Uint8Array, receivedMillis: number): void {
    if (this.hasEnded) return;
    const { steadyMillis } = place.life;
    this.#heardMillis = steadyMillis;
    const lines = this.#stream.read(data).filter((line) => line !== "");
    if (lines.length > 0 || data.includes(0x0a)) this.#unfinishedMillis = Infinity;
    const lf = data.lastIndexOf(0x0a);
    this.#isUnfinished = data.length > lf + 1 || (lf < 0 && this.#isUnfinished);
    if (this.#isUnfinished && this.#unfinishedMillis === Infinity) this.#unfinishedMillis = steadyMillis;
    this.#hear(place, data.length, lines, receivedMillis);
  }

  hearEnd(place: Place, receivedMillis: number): void {
    if (this.hasEnded) return;
    this.#heardMillis = place.life.steadyMillis;
    this.#ends = ["input ended"];
    this.#hear(place, undefined, this.isStream ? this.#stream.end() : [], receivedMillis);
  }

  /** The events of a turn were heard: who is silent for too long, or has not finished a line, ends. */
  endOverdue({ steadyMillis }: Life): void {
    const { handshakeSeconds, idleConnectionSeconds } = this.#config.limits;
    this.#heardMillis ??= steadyMillis;
    if (this.hasEnded) return;
    if (this.#unfinishedMillis + handshakeSeconds * 1000 <= steadyMillis) this.#ends = ["no line in time"];
    else if (idleConnectionSeconds > 0 && this.#heardMillis + idleConnectionSeconds * 1000 <= steadyMillis)
      this.#ends = ["silent"];
  }

  /** It is sent a message. */
  hear(data: string | Uint8Array): void {
    if (this.isSlow) this.unreadBytes += data.length;
    this.lookedAtBytes = this.unreadBytes;
    this.listener.hear(data);
  }

  stopReading(unreadBytes: number): void {
    this.isSlow = true;
    this.unreadBytes = Math.max(this.unreadBytes, unreadBytes);
  }

  read(): void {
    this.isSlow = false;
    this.unreadBytes = 0;
    this.lookedAtBytes = 0;
  }

  /** Its server closes it. */
  close(name: CloseName, place: Place): void {
    const { bufferedBytes, bufferedBytesOfAll } = this.#config.limits;
    if (name === "too much waits") {
      if (this.waitingBytesMost <= bufferedBytes && place.waitingBytesMost() <= bufferedBytesOfAll)
        throw new Violation("closes", `dropped with at most ${this.waitingBytesMost} bytes waiting`);
      return;
    }
    if (name === "reads too slowly" && this.isSlow) return;
    if (!this.#ends.includes(name))
      throw new Violation("closes", `closed as ${name}, not as ${this.#ends.join(" or ")}`);
    if (!this.hasLeft) this.listener.demandAll();
  }

  /** `length`: of what came; `undefined` for the end of the input. */
  #hear(place: Place, length: number | undefined, lines: readonly ReadLine[], receivedMillis: number): void {
    const heard = lines.filter((line) => line !== "");
    const cost = length === undefined ? 0 : Math.max(1, Math.ceil(length / COST_BYTES)) - heard.length;
    if (cost > 0 && this.#rate !== undefined) {
      const verdict = place.life.rates.judge(this.#rate, cost, place.life.steadyMillis);
      if (verdict === "close" || (verdict === "refused" && this.isPost)) {
        this.#ends = [...this.#ends, "too many commands"];
        return;
      }
    }
    for (const line of heard) if (!this.#hearLine(place, line, receivedMillis)) return;
  }

  /** Whether the next line is heard. */
  #hearLine(place: Place, line: ReadLine, receivedMillis: number): boolean {
    if (this.isStream && typeof line === "string" && HTTP_REQUEST.test(line)) {
      this.#ends = [...this.#ends, "speaks HTTP"];
      this.listener.expect({ kind: "one of", answers: [this.#reasons ? refusalOf(line, "syntax") : refusalOf(line)] });
      return false;
    }
    const { life } = place;
    const verdict = this.#rate === undefined ? "admitted" : life.rates.judge(this.#rate, 1, life.steadyMillis);
    if (this.#rate === undefined || verdict === "admitted") {
      this.#expect(place, line, receivedMillis);
      return true;
    }
    if (verdict === "close") this.#ends = [...this.#ends, "too many commands"];
    const isBlank = typeof line === "string" && readFields(line).length === 0;
    const wait = life.rates.waitOf(this.#rate, life.steadyMillis);
    if (!isBlank) this.listener.expect({ kind: "paced", paced: this.#paced(line, wait) });
    return verdict !== "close";
  }

  #expect(place: Place, line: ReadLine, receivedMillis: number): void {
    const refused = (echo: string | Uint8Array, ...codes: readonly string[]) => {
      const answers = this.#reasons ? codes.map((code) => refusalOf(echo, code)) : [refusalOf(echo)];
      this.listener.expect({ kind: "one of", answers });
    };
    if (typeof line !== "string") return refused(line.echo, line.code);
    const past = this.#clock === "server" ? this.#config.limits.pastSeconds : undefined;
    const meaning = meaningOf(line, receivedMillis, this.#config.limits, past);
    if (meaning.kind === "invalid") refused(line, ...meaning.codes);
    else if (meaning.kind === "IAMAT") this.#expectReport(place, meaning, line, receivedMillis);
    else if (meaning.kind === "WHATSAT") this.#expectPlaces(place, meaning, line);
    else if (meaning.kind === "FORGET") this.#expectForgotten(place, meaning.client, line);
    else if (meaning.kind !== "nothing") {
      const { kind, client } = meaning;
      const seconds = kind === "WATCH" ? meaning.seconds : undefined;
      if (this.isPost) refused(line, "syntax");
      else this.listener.expect({ kind, client, seconds, line });
    }
  }

  #expectReport(place: Place, meaning: Meaning & { kind: "IAMAT" }, line: string, receivedMillis: number): void {
    const { life, name, knowledge } = place;
    const report = answerOf(name, receivedMillis, meaning);
    const { client } = report;
    const isHeld = place.holds(client);
    const known = life.knows(client, isHeld);
    const rate = this.#rate;
    const { mayBring, wait } =
      rate === undefined ? { mayBring: true as const, wait: undefined } : life.rates.mayBring(rate, life.steadyMillis);
    const paced = wait === undefined ? undefined : this.#paced(line, wait);
    if (known === false && mayBring === false && paced !== undefined)
      return this.listener.expect({ kind: "paced", paced });
    const isSure = known === true || mayBring === true;
    life.report(client, rate, isHeld, isSure);
    const isStamped = meaning.time === undefined;
    if (isSure) knowledge.hearOf(report, isStamped);
    else knowledge.mayHearOf(report, isStamped);
    this.listener.expect({ kind: "report", client, report, ...(!isSure && { paced }) });
  }

  #expectForgotten({ life, knowledge }: Place, client: string, line: string): void {
    const rate = this.#rate;
    const brings = rate && life.rates.mayBring(rate, life.steadyMillis);
    const paced = brings && this.#paced(line, brings.wait);
    knowledge.forget(client);
    life.forget(client);
    // What it brings is that somebody was forgotten, of one who was not known: who pays for that is not told by any rule.
    life.report(client, rate, false, false);
    this.listener.expect({ kind: "FORGET", client, line, ...(paced !== undefined && { paced }) });
  }

  #expectPlaces(place: Place, meaning: Meaning & { kind: "WHATSAT" }, line: string): void {
    const { life, knowledge } = place;
    const { client, items } = meaning;
    const hasRoom = this.#hasRoom(place, items);
    const full = { least: ANSWERS_WAIT_MILLIS, most: ANSWERS_WAIT_MILLIS };
    const { mayAsk, wait } =
      this.#rate === undefined
        ? { mayAsk: true as const, wait: full }
        : life.rates.ask(this.#rate, life.steadyMillis, hasRoom);
    const either = hasRoom ? wait : { least: Math.min(full.least, wait.least), most: Math.max(full.most, wait.most) };
    const paced = this.#paced(line, either);
    if (mayAsk === false) return this.listener.expect({ kind: "paced", paced });
    const isSure = mayAsk === true && hasRoom;
    const refusal = refusalOf(line, this.#reasons ? "unknown" : "");
    const isKnown = knowledge.knows(client);
    this.listener.expect({ kind: "places", client, items, refusal, isKnown, ...(!isSure && { paced }) });
  }

  /** Whether there is room for such an answer beyond doubt. */
  #hasRoom(place: Place, items: number): boolean {
    const { bufferedBytes, bufferedBytesOfAll } = this.#config.limits;
    const most = items * PLACE_BYTES_MOST;
    return this.waitingBytesMost + most <= bufferedBytes && place.waitingBytesMost() + most <= bufferedBytesOfAll;
  }

  #paced(line: ReadLine, wait: Wait): Paced {
    return { echo: typeof line === "string" ? line : line.echo, reasons: this.#reasons, wait };
  }
}
