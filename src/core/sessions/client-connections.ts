// The clients of one server: lines in, answers out, in order.
//
// A command takes its slot in the connection's queue when it is heard. An IAMAT's slot is filled once the report is
// durable, a WHATSAT's once its places are there; whatever is filled at the head of a queue leaves at the end of the turn.
// Keeps LN1, LN4, LN5, LN6, RP5 to RP7, WA1 to WA3, AC4 to AC6, LI2 to LI7, WT1, WT2 and WT7.

import { ResponsePipeline, joinAnswers, type Answer, type Slot } from "./response-pipeline.ts";
import { ClientRates, type ClientRate } from "../access/client-rates.ts";
import { parseCommand, type Command } from "../commands/command.ts";
import type { Counters } from "../contract/counters.ts";
import { TimeoutQueue } from "../lib/timeout-queue.ts";
import type { CloseReason } from "../contract/close-reason.ts";
import type { ConnectionId, Effect, HerdEvent, ResumedConnection, UnknownPolicy } from "../contract/events.ts";
import { ExpirySet } from "../lib/expiry-set.ts";
import type { HerdConfig } from "../config/herd-config.ts";
import { LineAssembler } from "../protocol/line-assembler.ts";
import { fieldsOf, splitLines, type ReceivedLine } from "../protocol/line.ts";
import { degreesOf } from "../protocol/location.ts";
import type { LogEntry, TransportKind } from "../contract/log-entry.ts";
import { detachedText } from "../lib/detached-text.ts";
import type { Offer, PendingReports } from "../store/pending-reports.ts";
import { accessRefusalOf, permissionsWithout, type Permissions } from "../access/permissions.ts";
import { formatPlaces } from "../protocol/places.ts";
import { locationOf, newReport } from "../protocol/report.ts";
import { skewOf } from "../protocol/time.ts";
import { encodeUtf8, exceedsBytes } from "../lib/utf8.ts";
import { Subscriptions } from "./subscriptions.ts";

const INPUT_ENDED = { code: 1000, reason: "input ended" } as const;
const EXPIRED = { code: 1008, reason: "the token has expired" } as const;
const MESSAGE_TOO_LONG = { code: 1009, reason: "message too long" } as const;
const TOO_MANY_COMMANDS = { code: 1008, reason: "too many commands" } as const;

type RefusedReason = Extract<LogEntry, { event: "refused" }>["reason"];

interface ClientConnection {
  readonly id: ConnectionId;
  readonly via: TransportKind;
  readonly unknown: UnknownPolicy;
  readonly permissions: Permissions;
  readonly answers: ResponsePipeline;
  /** `undefined` where no rate holds. */
  readonly rate: ClientRate | undefined;
  /** For connections without message borders. */
  assembler: LineAssembler | undefined;
  /** No more is heard; with this it closes once its answers have left. */
  closeReason: CloseReason | undefined;
}

interface PlacesWait {
  readonly connection: ClientConnection;
  readonly slot: Slot;
  readonly atLine: string;
  readonly items: number;
  readonly askedMillis: number;
}

export interface ClientHost {
  readonly name: string;
  readonly config: HerdConfig;
  readonly nowMillis: number;
  /** The store's count of clients. */
  readonly head: { readonly clients: number };
  readonly logsLines: boolean;
  readonly pending: PendingReports;
  readonly counters: Counters;
  bufferedBytes(connection: ConnectionId): number;
  emit(effect: Effect): void;
  log(entry: LogEntry): void;
}

export type ClientEvent = Extract<
  HerdEvent,
  { readonly type: "connected" | "message" | "chunk" | "input ended" | "places answered" }
>;

export class ClientConnections {
  readonly #host: ClientHost;
  readonly #connections = new Map<ConnectionId, ClientConnection>();
  readonly #touched = new Set<ClientConnection>();
  readonly #offers: { readonly slot: Slot; readonly offer: Offer }[] = [];
  readonly #expiries = new ExpirySet<ConnectionId>();
  readonly #waits = new Map<number, PlacesWait>();
  #queries = 0;
  readonly rates: ClientRates;
  readonly watches: Subscriptions;
  /** TCP connections with a line to finish. */
  readonly #unfinished: TimeoutQueue<ClientConnection>;
  readonly #silent: TimeoutQueue<ClientConnection>;
  /** They woke before there was a time to count their silence from. */
  readonly #resumed: ClientConnection[] = [];

  constructor(host: ClientHost) {
    this.#host = host;
    this.watches = new Subscriptions(host);
    const { limits } = host.config;
    this.rates = new ClientRates(limits);
    this.#unfinished = new TimeoutQueue(limits.handshakeSeconds);
    this.#silent = new TimeoutQueue(limits.idleConnectionSeconds);
  }

  get count(): number {
    return this.#connections.size;
  }

  /** When the next connection's permissions may end; Infinity if none do. POSIX milliseconds. */
  get nextExpiryMillis(): number {
    return this.#expiries.nextMillis;
  }

  /** When a connection is due to be closed, or a watcher to be told something; Infinity if none is. POSIX milliseconds. */
  get dueMillis(): number {
    return Math.min(this.#unfinished.nextMillis, this.#silent.nextMillis, this.watches.dueMillis);
  }

  resume(resumed: Extract<ResumedConnection, { type: "client" }>): void {
    const { connection: id, unknown, permissions, address, watches = [] } = resumed;
    // Nothing but a WebSocket outlives a life.
    this.#resumed.push(this.#begin(id, "websocket", unknown, permissions, address));
    this.watches.resume(id, watches);
  }

  /** Closes those whose permissions have ended, before anything more is heard of them. */
  expire(): void {
    for (const id of this.#expiries.expired(this.#host.nowMillis)) this.#close(id, EXPIRED);
  }

  hear(event: ClientEvent): void {
    if (event.type === "connected") {
      const { connection: id, via, unknown, permissions, address } = event;
      const connection = this.#begin(id, via, unknown, permissions, address);
      if (via === "tcp") this.#unfinished.set(connection, this.#host.nowMillis);
      this.#silent.set(connection, this.#host.nowMillis);
      this.#host.log({ event: "connected", connection: event.connection, via: event.via });
      return;
    }
    if (event.type === "places answered") return this.#hearPlaces(event);
    const connection = this.#connections.get(event.connection);
    if (connection === undefined || connection.closeReason !== undefined) return;
    this.#touched.add(connection);
    this.#host.counters.waitMillis.observe(this.#host.nowMillis - event.receivedMillis);
    this.#silent.set(connection, this.#host.nowMillis);
    for (const line of this.#linesOf(connection, event)) {
      this.#hearLine(connection, line, event.receivedMillis);
      if (connection.closeReason === TOO_MANY_COMMANDS) return;
    }
  }

  /** Whoever has not finished a line in time, or said nothing for too long, is closed once its answers have left. */
  endOverdue(): void {
    const { nowMillis, config } = this.#host;
    for (const connection of this.#resumed.splice(0)) this.#silent.set(connection, nowMillis);
    for (const connection of this.#unfinished.takeDue(nowMillis))
      this.#endAs(connection, `no line within ${config.limits.handshakeSeconds} s`);
    for (const connection of this.#silent.takeDue(nowMillis))
      this.#endAs(connection, `silent for ${config.limits.idleConnectionSeconds} s`);
  }

  /** Whether this was a client's connection. */
  lose(id: ConnectionId, reason: string): boolean {
    const connection = this.#connections.get(id);
    if (connection === undefined) return false;
    this.#connections.delete(id);
    this.#expiries.delete(id);
    this.#unfinished.drop(connection);
    this.#silent.drop(connection);
    this.watches.drop(id);
    this.#host.log({ event: "disconnected", connection: id, reason });
    return true;
  }

  /** Hears no more of anybody: each connection closes so, once the answers that it waits for have left. */
  dismiss(closeReason: CloseReason): void {
    for (const connection of this.#connections.values()) {
      if (connection.closeReason !== undefined) continue;
      connection.closeReason = closeReason;
      this.#touched.add(connection);
    }
  }

  /** After the commit: fills the slots that waited for it, and lets every answer leave whose turn it is. */
  answer(): void {
    const { counters } = this.#host;
    for (const { slot, offer } of this.#offers) {
      const line = offer.isAccepted === true ? offer.report.line : offer.current?.line;
      if (line === undefined) throw new Error(`Cannot answer the IAMAT of ${offer.report.client}: it was never judged`);
      slot.answer = `${line}\n`;
      if (offer.isAccepted === true) counters.iamatAccepted++;
      else counters.iamatStale++;
    }
    this.#offers.length = 0;
    this.watches.release();
    for (const connection of this.#touched) this.#leave(connection);
    this.#touched.clear();
    for (const { connection, closeReason } of this.watches.tell()) this.#close(connection, closeReason);
  }

  #begin(
    id: ConnectionId,
    via: TransportKind,
    unknown: UnknownPolicy = this.#host.config.unknown,
    permissions: Permissions = permissionsWithout(this.#host.config.auth, via),
    address?: string,
  ): ClientConnection {
    const connection: ClientConnection = {
      id,
      via,
      unknown,
      permissions,
      answers: new ResponsePipeline(),
      rate: this.rates.rateOf(address, this.#host.nowMillis),
      assembler: undefined,
      closeReason: undefined,
    };
    this.#connections.set(id, connection);
    // A POST is heard at once: only its answers are still to come.
    if (permissions.expiresAtMillis !== undefined && via !== "post")
      this.#expiries.add(id, permissions.expiresAtMillis);
    return connection;
  }

  #endAs(connection: ClientConnection, reason: string): void {
    connection.closeReason ??= { code: 1008, reason };
    this.#touched.add(connection);
  }

  #linesOf(
    connection: ClientConnection,
    event: Extract<ClientEvent, { type: "message" | "chunk" | "input ended" }>,
  ): ReceivedLine[] {
    const { lineBytes, messageBytes } = this.#host.config.limits;
    switch (event.type) {
      case "message":
        if (isWithin(event.data, messageBytes)) return splitLines(event.data, lineBytes);
        connection.closeReason = MESSAGE_TOO_LONG;
        this.#host.counters.refuse(MESSAGE_TOO_LONG.reason);
        this.#host.log({ event: "refused", connection: connection.id, reason: MESSAGE_TOO_LONG.reason, line: "" });
        return [];
      case "chunk":
        return this.#linesOfChunk(connection, event.data);
      case "input ended":
        connection.closeReason = INPUT_ENDED;
        return connection.assembler?.end() ?? [];
      default:
        return event satisfies never;
    }
  }

  #linesOfChunk(connection: ClientConnection, data: Uint8Array): ReceivedLine[] {
    connection.assembler ??= new LineAssembler(this.#host.config.limits.lineBytes);
    const lines = connection.assembler.push(data);
    if (lines.length > 0) this.#unfinished.drop(connection);
    if (connection.assembler.isUnfinished && !this.#unfinished.has(connection))
      this.#unfinished.set(connection, this.#host.nowMillis);
    return lines;
  }

  #hearLine(connection: ClientConnection, line: ReceivedLine, receivedMillis: number): void {
    if (!this.#isAdmitted(connection, line, receivedMillis)) return;
    if (typeof line !== "string") return this.#refuse(connection, line.echo, line.reason);
    const parsed = parseCommand(line, receivedMillis, this.#host.config.limits.futureSeconds);
    if (parsed === undefined) return;
    if (this.#host.logsLines) this.#host.log({ event: "input", from: `client ${connection.id}`, line });
    if ("refusal" in parsed) return this.#refuse(connection, line, parsed.refusal);
    const refusal = accessRefusalOf(connection.permissions, parsed);
    if (refusal !== undefined) this.#refuse(connection, line, refusal);
    else if (parsed.name === "IAMAT") this.#takeReport(connection, parsed, line, receivedMillis);
    else if (parsed.name !== "WHATSAT") this.#watch(connection, parsed, line);
    else if (connection.rate?.whatsats?.take(receivedMillis) === false)
      this.#refuse(connection, line, "too many WHATSATs");
    else this.#findPlaces(connection, parsed, line);
  }

  /** Whether the connection may say this now. If not, the line is answered already. */
  #isAdmitted(connection: ClientConnection, line: ReceivedLine, receivedMillis: number): boolean {
    // Nothing follows the last LF of a message.
    if (connection.rate === undefined || line === "") return true;
    const verdict = this.rates.judge(connection.rate, receivedMillis);
    if (verdict === "admitted") return true;
    if (verdict === "close") connection.closeReason = TOO_MANY_COMMANDS;
    if (typeof line !== "string") this.#refuse(connection, line.echo, TOO_MANY_COMMANDS.reason);
    else if (fieldsOf(line).length > 0) this.#refuse(connection, line, TOO_MANY_COMMANDS.reason);
    return false;
  }

  #takeReport(
    connection: ClientConnection,
    command: Command & { name: "IAMAT" },
    received: string,
    receivedMillis: number,
  ): void {
    const { client, location, time, timeKey } = command;
    const { head, config } = this.#host;
    if (!this.#host.pending.hasRoomFor(client, head.clients, config.limits.clients))
      return this.#refuse(connection, received, "too many clients");
    const skew = skewOf(receivedMillis, time);
    const report = newReport({ server: this.#host.name, skew, client, location, time, timeKey });
    const offer = this.#host.pending.offer(report, undefined);
    this.#offers.push({ slot: connection.answers.take(), offer });
  }

  #findPlaces(connection: ClientConnection, command: Command & { name: "WHATSAT" }, line: string): void {
    const host = this.#host;
    const { client, radiusKm, items } = command;
    const report = host.pending.read(client);
    if (report === undefined) {
      const isAnswered = connection.unknown === "reject";
      host.counters.whatsatUnknown++;
      host.log({ event: "unknown client", connection: connection.id, client, answer: isAnswered ? "?" : "none" });
      if (isAnswered) connection.answers.take(detachedText(`? ${line}\n`));
      return;
    }
    const query = ++this.#queries;
    const slot = connection.answers.take();
    const location = locationOf(report);
    this.#waits.set(query, { connection, slot, atLine: report.line, items, askedMillis: host.nowMillis });
    host.log({ event: "places asked", query, client, location, radiusKm, items });
    host.emit({ type: "ask places", query, request: { ...degreesOf(location), radiusKm, items } });
  }

  #watch(connection: ClientConnection, { name, client }: Command & { name: "WATCH" | "UNWATCH" }, line: string): void {
    if (connection.via === "post") return this.#refuse(connection, line, "a POST watches nobody");
    const [own, said] = [detachedText(client), detachedText(line)];
    connection.answers.take(() =>
      name === "WATCH" ? this.#beginWatch(connection, own, said) : this.#endWatch(connection, own),
    );
  }

  #beginWatch(connection: ClientConnection, client: string, line: string): Answer {
    if (!this.watches.hasRoomFor(connection.id, client)) return this.#refusal(connection, line, "too many watches");
    this.#host.counters.watches++;
    const held = this.watches.begin(connection.id, client);
    return held === undefined ? `WATCH ${client}\n` : `WATCH ${client}\n${held.line}\n`;
  }

  #endWatch(connection: ClientConnection, client: string): Answer {
    this.#host.counters.unwatches++;
    this.watches.end(connection.id, client);
    return `UNWATCH ${client}\n`;
  }

  #hearPlaces({ query, provider, failures = [], answer }: Extract<ClientEvent, { type: "places answered" }>): void {
    const wait = this.#waits.get(query);
    if (wait === undefined) return;
    this.#waits.delete(query);
    wait.slot.answer = `${wait.atLine}\n${formatPlaces(answer, wait.items)}\n\n`;
    this.#touched.add(wait.connection);
    const { counters } = this.#host;
    const millis = this.#host.nowMillis - wait.askedMillis;
    counters.whatsatAnswered++;
    counters.answerPlaces(provider, answer.status);
    counters.placesMillis.observe(millis);
    for (const { provider: failed, status, message: reason } of failures) {
      counters.failPlaces(failed, status);
      this.#host.log({ event: "places failed", query, provider: failed, status, reason });
    }
    this.#host.log({
      event: "places answered",
      query,
      provider,
      status: answer.status,
      results: Math.min(answer.results.length, wait.items),
      millis,
      ...(answer.error_message !== undefined && { error: answer.error_message }),
    });
  }

  #refuse(connection: ClientConnection, echo: string | Uint8Array, reason: RefusedReason): void {
    connection.answers.take(this.#refusal(connection, echo, reason));
  }

  #refusal(connection: ClientConnection, echo: string | Uint8Array, reason: RefusedReason): Answer {
    const line = typeof echo === "string" ? echo : `${echo.length} bytes`;
    this.#host.counters.refuse(reason);
    this.#host.log({ event: "refused", connection: connection.id, reason, line });
    return typeof echo === "string" ? detachedText(`? ${echo}\n`) : invalidBytes(echo);
  }

  #leave(connection: ClientConnection): void {
    if (!this.#connections.has(connection.id)) return;
    const answers = connection.answers.leave();
    this.watches.remember();
    if (this.#host.logsLines) for (const answer of answers) this.#logOutput(connection, answer);
    for (const data of joinAnswers(answers, this.#host.config.limits.messageBytes))
      this.#host.emit({ type: "send", connection: connection.id, data });
    const { closeReason } = connection;
    if (closeReason === undefined || !connection.answers.isEmpty) return;
    this.#close(connection.id, closeReason);
  }

  #close(id: ConnectionId, closeReason: CloseReason): void {
    this.#host.emit({ type: "close", connection: id, ...closeReason });
    this.lose(id, closeReason.reason);
  }

  #logOutput(connection: ClientConnection, answer: Answer): void {
    const to = `client ${connection.id}`;
    if (typeof answer !== "string") return this.#host.log({ event: "output", to, line: `${answer.length} bytes` });
    const end = answer.indexOf("\n");
    const more = answer.length - end - 1;
    this.#host.log({ event: "output", to, line: answer.slice(0, end), ...(more > 0 && { more }) });
  }
}

function isWithin(data: string | Uint8Array, limit: number): boolean {
  return typeof data === "string" ? !exceedsBytes(data, limit) : data.length <= limit;
}

function invalidBytes(echo: Uint8Array): Uint8Array {
  const answer = new Uint8Array(echo.length + 3);
  answer.set(encodeUtf8("? "), 0);
  answer.set(echo, 2);
  answer.set(encodeUtf8("\n"), echo.length + 2);
  return answer;
}
