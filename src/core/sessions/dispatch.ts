// What happens to a line: its rate is judged, then it is parsed, then its permission is checked, then the command runs.
//
// A line takes its place in the order of answers as soon as it is heard. The place of an IAMAT is filled after the commit, when
// the guard has judged its report and the report is durable. Keeps LN4, LN8, LN12, RP7, RP17, AC4, LI2 to LI5, LI12, LI14,
// LI22, LI23, LI32, ST3 and ST6.

import type { ClientRates } from "../access/client-rates.ts";
import {
  isRefused,
  type Answer,
  type Command,
  type CommandContext,
  type ReadyCommand,
  type ReportAnswer,
  type ReportRefusal,
  type RefusedLine,
} from "../commands/command.ts";
import { readCommand } from "../commands/table.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import { SPEAKS_HTTP, TOO_MANY_COMMANDS } from "../contract/close-reason.ts";
import type { Counters } from "../contract/counters.ts";
import type { LogEntry } from "../contract/log-entry.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import { detachedText } from "../lib/detached-text.ts";
import { encodeUtf8 } from "../lib/utf8.ts";
import { BROKEN_LINE_REASONS, fieldsOf, type ReceivedLine } from "../protocol/line.ts";
import type { PlacesAnswer } from "../protocol/places.ts";
import { formatRefusal } from "../protocol/refusal.ts";
import { toldLine, type Report } from "../protocol/report.ts";
import type { Offer } from "../store/held.ts";
import type { PendingReports } from "../store/pending-reports.ts";
import type { PlacesWaits } from "./places-waits.ts";
import type { Slot } from "./response-pipeline.ts";
import type { Session } from "./session.ts";
import type { Subscriptions } from "./subscriptions.ts";

/** What the server may store of clients (ST3, ST6). */
export interface StorageRoom {
  readonly takesReports: boolean;
  readonly takesNewClients: boolean;
}

/** What dispatch and its commands use of the server. */
export interface DispatchPorts {
  /** The server's name. */
  readonly name: string;
  readonly limits: HerdConfig["limits"];
  readonly turn: TurnPort;
  readonly counters: Counters;
  readonly pending: PendingReports;
  readonly rates: ClientRates;
  readonly places: PlacesWaits;
  readonly subscriptions: Subscriptions;
  readonly storage: StorageRoom;
  /** How many clients the store holds. */
  readonly storedClients: () => number;
  /** Whether an answer of so many bytes may wait on this connection (LI27). */
  readonly hasRoomToAnswer: (session: Session, bytes: number) => boolean;
}

/** What an answer to a WHATSAT takes for each place, at most as a rule: a place of Google's has so many bytes. */
const PLACE_BYTES = 800;

/** The first line of a request (RFC 9112, 3). */
const HTTP_REQUEST = /^[A-Z]+ \S+ HTTP\/\d/;

/** Why a line is refused, and in how many milliseconds it may be said again, if that is known. */
interface Refusing extends RefusedLine {
  readonly waitMillis?: number | undefined;
}

const TOO_FAST = { refusal: TOO_MANY_COMMANDS.text, code: "pace" } as const;

const LF = encodeUtf8("\n");

/** A report that waits for the guard, and the answer that waits for it. */
interface Judgement {
  readonly session: Session;
  readonly slot: Slot;
  readonly offer: Offer;
  readonly answered: ReportAnswer;
}

export class Dispatch {
  readonly #ports: DispatchPorts;
  #judgements: Judgement[] = [];

  constructor(ports: DispatchPorts) {
    this.#ports = ports;
  }

  /**
   * What came costs as much as so many lines more than it has. Returns whether its lines are heard; if not, the connection
   * closes. Those that are heard are judged by themselves.
   */
  admitWork(session: Session, cost: number): boolean {
    const { rates, counters, turn } = this.#ports;
    if (session.rate === undefined) return true;
    const verdict = rates.judge(session.rate, turn.steadyMillis, cost);
    if (verdict === "admitted") return true;
    const reason = TOO_MANY_COMMANDS.text;
    counters.refuse(reason);
    turn.log({ event: "refused", connection: session.id, reason, line: "" });
    // Each POST has a bucket of its own, and would go on for ever.
    if (verdict === "close" || !session.transport.pushes) session.closeReason = TOO_MANY_COMMANDS;
    return session.closeReason === undefined;
  }

  hear(session: Session, line: ReceivedLine, receivedMillis: number): void {
    const { limits, turn } = this.#ports;
    if (!session.transport.isFramed && typeof line === "string" && HTTP_REQUEST.test(line)) {
      session.closeReason = SPEAKS_HTTP;
      return this.#refuse(session, line, { refusal: SPEAKS_HTTP.text, code: "syntax" });
    }
    if (!this.#isAdmitted(session, line)) return;
    if (typeof line !== "string")
      return this.#refuse(session, line.echo, { refusal: line.reason, code: BROKEN_LINE_REASONS[line.reason] });
    const { futureSeconds, silenceSecondsMax } = limits;
    const pastSeconds = session.clock === "server" ? limits.pastSeconds : undefined;
    const read = readCommand(line, { nowMillis: receivedMillis, futureSeconds, pastSeconds, silenceSecondsMax });
    if (read === undefined) return;
    if (turn.logsLines) turn.log({ event: "input", from: `client ${session.id}`, line });
    if (isRefused(read)) return this.#refuse(session, line, read);
    const refused = read.ready.accessRefusalOf(session.permissions);
    if (refused !== undefined) return this.#refuse(session, line, refused);
    this.#run(session, read.command, read.ready, line, receivedMillis);
  }

  /** Fills the answers that waited for a commit which is made. Returns whose they are. */
  settle(): Session[] {
    const settled = this.#judgements.filter(({ offer }) => offer.isSettled);
    // What waits for a later commit stays, in order.
    this.#judgements = this.#judgements.filter(({ offer }) => !offer.isSettled);
    for (const { session, slot, offer, answered } of settled) {
      const { isAccepted, report, before = report } = offer;
      session.responses.fill(slot, answered({ isAccepted, line: toldLine(isAccepted ? report : before) }));
      if (offer.seq > 0 && offer.before === undefined && session.rate !== undefined)
        this.#ports.rates.bringClient(session.rate, this.#ports.turn.steadyMillis);
    }
    return settled.map(({ session }) => session);
  }

  #run(session: Session, command: Command, ready: ReadyCommand, line: string, receivedMillis: number): void {
    ready.run(new LineContext(this.#ports, session, command, line, receivedMillis, this.#judgements));
  }

  /** Whether the rates allow this line now. If not, this has answered it. */
  #isAdmitted(session: Session, line: ReceivedLine): boolean {
    const { rates, turn } = this.#ports;
    if (session.rate === undefined) return true;
    const verdict = rates.judge(session.rate, turn.steadyMillis);
    if (verdict === "admitted") return true;
    if (verdict === "close") session.closeReason = TOO_MANY_COMMANDS;
    if (typeof line === "string" && fieldsOf(line).length === 0) return false;
    const waitMillis = rates.waitMillis(session.rate, turn.steadyMillis);
    this.#refuse(session, typeof line === "string" ? line : line.echo, { ...TOO_FAST, waitMillis });
    return false;
  }

  #refuse(session: Session, echo: string | Uint8Array, refused: Refusing): void {
    session.responses.take(refusalOf(this.#ports, session, echo, refused));
  }
}

/** What a command uses for one line of one connection. */
class LineContext implements CommandContext {
  #line: string;
  readonly receivedMillis: number;
  readonly #ports: DispatchPorts;
  readonly #session: Session;
  readonly #command: Command;
  readonly #judgements: Judgement[];

  constructor(
    ports: DispatchPorts,
    session: Session,
    command: Command,
    line: string,
    receivedMillis: number,
    judgements: Judgement[],
  ) {
    this.#ports = ports;
    this.#session = session;
    this.#command = command;
    this.#line = line;
    this.receivedMillis = receivedMillis;
    this.#judgements = judgements;
  }

  get line(): string {
    return this.#line;
  }

  get server(): string {
    return this.#ports.name;
  }

  get connection(): number {
    return this.#session.id;
  }

  get canPush(): boolean {
    return this.#session.transport.pushes;
  }

  log(entry: LogEntry): void {
    this.#ports.turn.log(entry);
  }

  count(outcome: string): void {
    this.#ports.counters.count(this.#command, outcome);
  }

  answer(answer: Answer | (() => Answer)): void {
    if (typeof answer === "function") this.#outliveTurn();
    this.#session.responses.take(answer);
  }

  refuse(reason: string, waitMillis?: number): void {
    this.#session.responses.take(this.refusal(reason, waitMillis));
  }

  refusal(reason: string, waitMillis?: number): Answer {
    const code = this.#command.reasons[reason] ?? "syntax";
    return refusalOf(this.#ports, this.#session, this.line, { refusal: reason, code, waitMillis });
  }

  unknownClientAnswer(): Answer | undefined {
    if (this.#session.unknown === "ignore") return undefined;
    return refusalLine(this.#session, this.line, { code: "unknown" });
  }

  reportRefusal(client: string): ReportRefusal | undefined {
    const { pending, storage, limits } = this.#ports;
    if (!storage.takesReports) return "the storage is full";
    const stored = this.#ports.storedClients();
    if (!storage.takesNewClients && !pending.hasRoomFor(client, stored, 0)) return "too many bytes stored";
    return pending.hasRoomFor(client, stored, limits.clients) ? undefined : "too many clients";
  }

  offer(client: string, make: (held: Report | undefined) => Report, answered: ReportAnswer): void {
    this.#awaitJudgement(this.#ports.pending.offerOf(client, make), answered);
  }

  #awaitJudgement(offer: Offer, answered: ReportAnswer): void {
    const session = this.#session;
    this.#judgements.push({ session, slot: session.responses.take(), offer, answered });
  }

  showReport(client: string): Report | undefined {
    return this.#ports.pending.show(client);
  }

  newClientWaitMillis(client: string): number {
    const { rates, pending, turn } = this.#ports;
    const { rate } = this.#session;
    if (rate === undefined) return 0;
    const waitMillis = rates.newClientWaitMillis(rate, turn.steadyMillis);
    return waitMillis > 0 && !pending.isKnown(client) ? waitMillis : 0;
  }

  hasRoomForPlaces(items: number): boolean {
    return this.#ports.hasRoomToAnswer(this.#session, placesBytes(items));
  }

  placesWaitMillis(): number {
    const { rate } = this.#session;
    const { rates, turn } = this.#ports;
    return rate === undefined ? 0 : rates.whatsatWaitMillis(rate, turn.steadyMillis);
  }

  askPlaces(report: Report, radiusKm: number, items: number, answered: (places: PlacesAnswer) => Answer): void {
    this.#outliveTurn();
    const slot = this.#session.responses.take(undefined, placesBytes(items));
    this.#ports.places.ask({ session: this.#session, slot, items, answered }, report, radiusKm);
  }

  /** An answer that leaves later must not keep the message that brought the line (LI12). */
  #outliveTurn(): void {
    this.#line = detachedText(this.#line);
  }

  hasRoomToWatch(client: string): boolean {
    return this.#ports.subscriptions.hasRoomFor(this.#session.id, client);
  }

  watch(client: string, silenceSeconds: number | undefined): Report | undefined {
    return this.#ports.subscriptions.begin(this.#session.id, client, silenceSeconds);
  }

  unwatch(client: string): void {
    this.#ports.subscriptions.end(this.#session.id, client);
  }
}

/** How long an answer with so many places may become. */
function placesBytes(items: number): number {
  return items * PLACE_BYTES;
}

/** The refusal of a line. Counts and logs the reason. */
function refusalOf(
  { counters, turn }: DispatchPorts,
  session: Session,
  echo: string | Uint8Array,
  refused: Refusing,
): Answer {
  const line = typeof echo === "string" ? echo : `${echo.length} bytes`;
  const reason = refused.refusal;
  counters.refuse(reason);
  turn.log({ event: "refused", connection: session.id, reason, line });
  return refusalLine(session, echo, refused);
}

/** `? ` and the line, or the code and the line for a client that asks for reasons (LN4, LN12). */
function refusalLine(
  { isToldReasons }: Session,
  echo: string | Uint8Array,
  { code, waitMillis }: Omit<Refusing, "refusal">,
): Answer {
  const start = isToldReasons ? formatRefusal(code, waitMillis) : "? ";
  return typeof echo === "string" ? detachedText(`${start}${echo}\n`) : joinBytes(encodeUtf8(start), echo, LF);
}

function joinBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
