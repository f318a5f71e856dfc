// What a connection sends, as lines: a message is cut into lines, a stream is put together from its pieces.
//
// A message that is too long is heard no further, and ends its connection. A stream that has begun a line has to finish it
// in time, so that nobody keeps a connection by saying almost nothing. Keeps LN1, LN6 and LI6.

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

  /** When the next stream has to have finished its line, POSIX milliseconds; Infinity if none has to. */
  get nextMillis(): number {
    return this.#unfinished.nextMillis;
  }

  /** A connection begins: a stream owes its first line. */
  open(session: Session): void {
    if (!session.transport.isFramed) this.#unfinished.set(session, this.#turn.nowMillis);
  }

  close(session: Session): void {
    this.#unfinished.drop(session);
  }

  /** Removes and returns the streams that did not finish a line in time. */
  takeOverdue(): Session[] {
    return this.#unfinished.takeDue(this.#turn.nowMillis);
  }

  /** The lines of an event; it may say how the connection closes. */
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
    if (lines.length > 0) this.#unfinished.drop(session);
    if (session.assembler.isUnfinished && !this.#unfinished.has(session))
      this.#unfinished.set(session, this.#turn.nowMillis);
    return lines;
  }
}

function isWithin(data: string | Uint8Array, limit: number): boolean {
  return typeof data === "string" ? !exceedsBytes(data, limit) : data.length <= limit;
}
