// The register of the clients' connections at one server: which there are, when each ends, and what each is sent.
//
// What a connection sends goes through framing (lines), dispatch (commands) and its response pipeline (answers in the order
// of the commands). This file closes the connections that are over. Keeps LN5, AC6, AC18, LI6, LI7, LI27 and LI30.

import { ClientRates } from "../access/client-rates.ts";
import { permissionsWithout } from "../access/permissions.ts";
import type { Answer } from "../commands/command.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import { noLineInTime, silent, TOKEN_EXPIRED, TOO_MUCH_WAITS, type CloseReason } from "../contract/close-reason.ts";
import type { Counters } from "../contract/counters.ts";
import type { ConnectionContext, HerdEvent, ResumedConnection } from "../contract/events.ts";
import type { TurnPort } from "../contract/turn-port.ts";
import { ExpirySet } from "../lib/expiry-set.ts";
import { TimeoutQueue } from "../lib/timeout-queue.ts";
import { TRANSPORTS, type ConnectionId, type TransportTraits } from "../protocol/connection.ts";
import type { PendingReports } from "../store/pending-reports.ts";
import { Dispatch, type StorageRoom } from "./dispatch.ts";
import { extraCost, Framing } from "./framing.ts";
import { PlacesWaits } from "./places-waits.ts";
import { joinAnswers, ResponsePipeline } from "./response-pipeline.ts";
import type { Session } from "./session.ts";
import { Subscriptions } from "./subscriptions.ts";
import { WaitingBytes } from "./waiting-bytes.ts";

/** What the connections of clients use of their server. */
export interface SessionPorts {
  readonly name: string;
  readonly config: HerdConfig;
  readonly turn: TurnPort;
  readonly pending: PendingReports;
  readonly counters: Counters;
  readonly storage: StorageRoom;
  /** How many clients the store holds. */
  readonly storedClients: () => number;
  /** How much was sent on a connection and not taken yet, in bytes. */
  readonly bufferedBytes: (connection: ConnectionId) => number;
}

export type ClientEvent = Extract<
  HerdEvent,
  { readonly type: "connected" | "message" | "chunk" | "input ended" | "places answered" }
>;

export class ClientConnections {
  readonly rates: ClientRates;
  readonly subscriptions: Subscriptions;
  readonly #config: HerdConfig;
  readonly #turn: TurnPort;
  readonly #counters: Counters;
  readonly #framing: Framing;
  readonly #dispatch: Dispatch;
  readonly #places: PlacesWaits;
  readonly #waiting: WaitingBytes;
  readonly #sessions = new Map<ConnectionId, Session>();
  /** Sessions that may have answers to send at the end of the turn. */
  readonly #touched = new Set<Session>();
  /** When tokens end. */
  readonly #expiries = new ExpirySet<ConnectionId>();
  readonly #silent: TimeoutQueue<Session>;
  /** Sessions that woke with the server. The first turn has the time from which their silence counts. */
  readonly #resumed: Session[] = [];

  constructor({ name, config, turn, pending, counters, storage, storedClients, bufferedBytes }: SessionPorts) {
    const { limits } = config;
    this.#config = config;
    this.#turn = turn;
    this.#counters = counters;
    this.rates = new ClientRates(limits);
    this.#waiting = new WaitingBytes(limits, bufferedBytes);
    this.subscriptions = new Subscriptions({
      limits,
      turn,
      pending,
      counters,
      bufferedBytes,
      tellableBytes: (connection) => this.#tellableBytes(connection),
      told: (connection, bytes) => this.#tell(connection, bytes),
    });
    this.#framing = new Framing(turn, limits, counters);
    this.#places = new PlacesWaits(turn, counters);
    const { rates, subscriptions } = this;
    const places = this.#places;
    this.#dispatch = new Dispatch({
      name,
      limits,
      turn,
      counters,
      pending,
      rates,
      places,
      subscriptions,
      storage,
      storedClients,
      hasRoomToAnswer: (session, bytes) => this.#waiting.hasRoom(session, bytes),
    });
    this.#silent = new TimeoutQueue(limits.idleConnectionSeconds);
  }

  get count(): number {
    return this.#sessions.size;
  }

  /** When the next connection's permissions may end; Infinity if none do. POSIX milliseconds. */
  get nextExpiryMillis(): number {
    return this.#expiries.nextMillis;
  }

  /** When a connection has to close or a subscriber has to be told something, by the steady clock; Infinity if never. */
  get dueMillis(): number {
    return Math.min(this.#framing.nextMillis, this.#silent.nextMillis, this.subscriptions.dueMillis);
  }

  /** When a silence may have to be told, by the steady clock; Infinity if nobody waits for one. */
  get silenceMillis(): number {
    return this.subscriptions.silenceMillis;
  }

  /** Finds the clients that have fallen silent. */
  lookForSilences(): void {
    this.subscriptions.lookForSilences();
  }

  /** A connection that outlived the memory of its server. */
  resume({ connection, watches = [], ...context }: Extract<ResumedConnection, { type: "client" }>): void {
    // Only a WebSocket outlives the memory of its server.
    this.#resumed.push(this.#begin(connection, TRANSPORTS.websocket, context));
    this.subscriptions.resume(connection, watches);
  }

  /** Closes the connections whose permissions have ended, before a line of them is heard. */
  expire(): void {
    for (const id of this.#expiries.expired(this.#turn.nowMillis)) this.#close(id, TOKEN_EXPIRED);
  }

  hear(event: ClientEvent): void {
    if (event.type === "connected") return this.#connect(event);
    if (event.type === "places answered") {
      const answered = this.#places.settle(event);
      if (answered !== undefined) this.#touched.add(answered);
      return;
    }
    const session = this.#sessions.get(event.connection);
    if (session === undefined || session.closeReason !== undefined) return;
    this.#touched.add(session);
    this.#counters.waitMillis.observe(Math.max(0, this.#turn.nowMillis - event.receivedMillis));
    this.#silent.set(session, this.#turn.steadyMillis);
    const lines = this.#framing.linesOf(session, event);
    const cost = extraCost(event, lines);
    if (cost > 0 && !this.#dispatch.admitWork(session, cost)) return;
    const { closeReason } = session;
    for (const line of lines) {
      this.#dispatch.hear(session, line, event.receivedMillis);
      // A line for which the connection closes is the last one that is heard.
      if (session.closeReason !== closeReason) return;
    }
  }

  /** Ends connections that did not finish a line in time or were silent for too long. They close after their answers. */
  endOverdue(): void {
    const { steadyMillis } = this.#turn;
    const { handshakeSeconds, idleConnectionSeconds } = this.#config.limits;
    for (const session of this.#resumed.splice(0)) this.#silent.set(session, steadyMillis);
    for (const session of this.#framing.takeOverdue()) this.#endAs(session, noLineInTime(handshakeSeconds));
    for (const session of this.#silent.takeDue(steadyMillis)) this.#endAs(session, silent(idleConnectionSeconds));
  }

  /** Returns whether this was a client's connection. */
  lose(id: ConnectionId, reason: string): boolean {
    const session = this.#sessions.get(id);
    if (session === undefined) return false;
    this.#sessions.delete(id);
    this.#expiries.delete(id);
    this.#framing.close(session);
    this.#silent.drop(session);
    this.subscriptions.drop(id);
    this.#waiting.drop(session);
    this.#turn.log({ event: "disconnected", connection: id, reason });
    return true;
  }

  /** Hears no more of any connection. Each closes for this reason once its answers have left. */
  dismiss(reason: CloseReason): void {
    for (const session of this.#sessions.values()) {
      if (session.closeReason !== undefined) continue;
      session.closeReason = reason;
      this.#touched.add(session);
    }
  }

  /** After the commit: fills the answers that waited for it, and sends every answer that can leave. */
  answer(): void {
    for (const session of this.#dispatch.settle())
      if (this.#sessions.get(session.id) === session) this.#touched.add(session);
    this.subscriptions.release();
    for (const session of this.#touched) this.#sendAnswers(session);
    this.#touched.clear();
    for (const { connection, reason } of this.subscriptions.tell()) this.#close(connection, reason);
    for (const { id } of this.#waiting.takeTooMuch(this.#sessions.values())) this.#close(id, TOO_MUCH_WAITS);
  }

  #connect({ connection, transport, ...context }: Extract<ClientEvent, { type: "connected" }>): void {
    const session = this.#begin(connection, transport, context);
    this.#framing.open(session);
    this.#silent.set(session, this.#turn.steadyMillis);
    this.#turn.log({ event: "connected", connection, via: transport.kind });
  }

  #begin(
    id: ConnectionId,
    transport: TransportTraits,
    {
      reasons: isToldReasons = false,
      unknown = isToldReasons ? "reject" : this.#config.unknown,
      clock,
      permissions = permissionsWithout(this.#config.auth, transport),
      address,
    }: ConnectionContext,
  ): Session {
    const session: Session = {
      id,
      transport,
      unknown,
      isToldReasons,
      clock,
      permissions,
      responses: new ResponsePipeline(this.#waiting.queued),
      rate: this.rates.rateOf(
        { address, subject: permissions.subject, isPost: !transport.pushes },
        this.#turn.steadyMillis,
      ),
      assembler: undefined,
      closeReason: undefined,
    };
    this.#sessions.set(id, session);
    // A connection that cannot push was heard when it came. Only its answers remain.
    if (permissions.expiresAtMillis !== undefined && transport.pushes)
      this.#expiries.add(id, permissions.expiresAtMillis);
    return session;
  }

  #endAs(session: Session, reason: CloseReason): void {
    session.closeReason ??= reason;
    this.#touched.add(session);
  }

  #sendAnswers(session: Session): void {
    if (!this.#sessions.has(session.id)) return;
    const answers = session.responses.leave();
    this.subscriptions.remember();
    if (this.#turn.logsLines) for (const answer of answers) this.#logOutput(session, answer);
    let bytes = 0;
    for (const data of joinAnswers(answers, this.#config.limits.messageBytes)) {
      this.#turn.emit({ type: "send", connection: session.id, data });
      bytes += data.length;
    }
    this.#waiting.look(session.id, bytes);
    // What leaves in this turn is not late yet.
    if (!session.responses.isEmpty && this.#waiting.of(session) > this.#config.limits.bufferedBytes)
      return this.#close(session.id, TOO_MUCH_WAITS);
    const { closeReason } = session;
    if (closeReason === undefined || !session.responses.isEmpty) return;
    this.#close(session.id, closeReason);
  }

  #tellableBytes(id: ConnectionId): number {
    const rate = this.#sessions.get(id)?.rate;
    return rate === undefined ? Infinity : this.rates.tellableBytes(rate, this.#turn.steadyMillis);
  }

  #tell(id: ConnectionId, bytes: number): void {
    const rate = this.#sessions.get(id)?.rate;
    if (rate !== undefined) this.rates.tell(rate, this.#turn.steadyMillis, bytes);
    this.#waiting.look(id, bytes);
  }

  #close(id: ConnectionId, reason: CloseReason): void {
    this.#turn.emit({ type: "close", connection: id, reason });
    this.lose(id, reason.text);
  }

  #logOutput({ id }: Session, answer: Answer): void {
    const to = `client ${id}`;
    if (typeof answer !== "string") return this.#turn.log({ event: "output", to, line: `${answer.length} bytes` });
    const end = answer.indexOf("\n");
    const more = answer.length - end - 1;
    this.#turn.log({ event: "output", to, line: answer.slice(0, end), ...(more > 0 && { more }) });
  }
}
