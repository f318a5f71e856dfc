// Makes lines of what a connection sends: a message is cut into lines, the pieces of a stream are put together.
//
// A message that is too long is not heard, and ends its connection. A stream has to finish each line that it begins in
// time. Otherwise a client could hold a connection for almost nothing. Keeps LN1, LN6, LN7, LN10, LI6 and LI22.

import { INPUT_ENDED, MESSAGE_TOO_LONG } from "../contract/close-reason.ts";
import type { Counters } from "../contract/counters.ts";
import type { HerdEvent } from "../contract/events.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import { TimeoutQueue } from "../lib/timeout-queue.ts";
import { exceedsBytes } from "../lib/utf8.ts";
import { LineAssembler } from "../protocol/line-assembler.ts";
import { splitLines, type ReceivedLine } from "../protocol/line.ts";
import type { Session } from "./session.ts";

const LF = 0x0a;

/** Bytes of input, or characters of a text message, that cost as much as a line. */
const COST_BYTES = 1024;

export type InputEvent = Extract<HerdEvent, { readonly type: "message" | "chunk" | "input ended" }>;

export class Framing {
  readonly #turn: TurnPort;
  readonly #limits: HerdConfig["limits"];
  readonly #counters: Counters;
  /** Streams with a line to finish. */
  readonly #unfinished: TimeoutQueue<Session>;

  constructor(turn: TurnPort, limits: HerdConfig["limits"], counters: Counters) {
    this.#turn = turn;
    this.#limits = limits;
    this.#counters = counters;
    this.#unfinished = new TimeoutQueue(limits.handshakeSeconds);
  }

  /** When the time of the next unfinished line is over, by the steady clock; Infinity if there is none. */
  get nextMillis(): number {
    return this.#unfinished.nextMillis;
  }

  /** A connection begins. A stream has to finish its first line in time. */
  open(session: Session): void {
    if (!session.transport.isFramed) this.#unfinished.set(session, this.#turn.steadyMillis);
  }

  close(session: Session): void {
    this.#unfinished.drop(session);
  }

  /** Removes and returns the streams that did not finish a line in time. */
  takeOverdue(): Session[] {
    return this.#unfinished.takeDue(this.#turn.steadyMillis);
  }

  /** The lines of an event. Sets why the session closes, if the event ends it. */
  linesOf(session: Session, event: InputEvent): ReceivedLine[] {
    const { lineBytes, messageBytes } = this.#limits;
    switch (event.type) {
      case "message":
        return isWithin(event.data, messageBytes) ? splitLines(event.data, lineBytes) : this.#refuseMessage(session);
      case "chunk":
        return this.#linesOfPiece(session, event.data);
      case "input ended":
        session.closeReason = INPUT_ENDED;
        return session.assembler?.end() ?? [];
      default:
        return event satisfies never;
    }
  }

  #refuseMessage(session: Session): ReceivedLine[] {
    session.closeReason = MESSAGE_TOO_LONG;
    const reason = MESSAGE_TOO_LONG.text;
    this.#counters.refuse(reason);
    this.#turn.log({ event: "refused", connection: session.id, reason, line: "" });
    return [];
  }

  #linesOfPiece(session: Session, data: Uint8Array): ReceivedLine[] {
    session.assembler ??= new LineAssembler(this.#limits.lineBytes);
    const lines = session.assembler.push(data);
    if (lines.length > 0 || data.includes(LF)) this.#unfinished.drop(session);
    if (session.assembler.isUnfinished && !this.#unfinished.has(session))
      this.#unfinished.set(session, this.#turn.steadyMillis);
    return lines;
  }
}

/** As how many lines the input counts beside those that it has: it costs one at least, and one for each KB (LI22). */
export function extraCost(event: InputEvent, lines: readonly ReceivedLine[]): number {
  if (event.type === "input ended") return 0;
  return Math.max(0, Math.max(1, Math.ceil(event.data.length / COST_BYTES)) - lines.length);
}

function isWithin(data: string | Uint8Array, limit: number): boolean {
  return typeof data === "string" ? !exceedsBytes(data, limit) : data.length <= limit;
}
