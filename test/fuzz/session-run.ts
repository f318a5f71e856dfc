// Runs a session: two real servers of the core, each with a clock, their link, their clients, and Powell.
//
// The second reading of the rules goes with each turn: what the turn hears, `Speaker` and `Life` hear before it. A timer waits
// as long as it was to wait when it was set, whatever becomes of the clock; a durable alarm rings by the clock.
//
// After the steps the noise ends: places are answered, clients leave, Powell is gone; then nothing may be left of the
// connections, and the two servers have to agree. Whatever breaks a law throws a Violation.

import { TRANSPORTS, type ConnectionId, type TransportKind } from "../../src/core/protocol/connection.ts";
import type { ConnectionContext, Effect, HerdEvent, ResumedConnection } from "../../src/core/contract/events.ts";
import type { Hello } from "../../src/core/protocol/frame.ts";
import type { CloseReason } from "../../src/core/contract/close-reason.ts";
import { parseHerdConfig, type HerdConfig } from "../../src/core/config/herd-config.ts";
import { HerdServer } from "../../src/core/server/herd-server.ts";
import { TurnLoop } from "../../src/core/server/turn-loop.ts";
import type { PlacesAnswer } from "../../src/core/protocol/places.ts";
import { parseAt } from "../../src/core/protocol/report.ts";
import type { OfferedReport } from "../../src/core/store/report-store.ts";
import { Random } from "../sim/random.ts";
import { Violation } from "../sim/violation.ts";
import { ManualTimer } from "../support/manual-timer.ts";
import { MemoryReportStore } from "../support/memory-report-store.ts";
import { START_SECONDS } from "./grammar.ts";
import { Knowledge, Reports } from "./knowledge.ts";
import { Life } from "./life.ts";
import { isForgotten, readAt } from "./reference.ts";
import type { Said, ServerName, Session, Step } from "./session.ts";
import { PLACE_BYTES_LEAST, Speaker, type Place } from "./speaker.ts";

/** Turns without time going by: more than any work of a session needs. */
const TURNS_AT_ONCE_MAX = 2_000;
const REST_MILLIS = 10 * 60_000;
/** Reports of a page that count as a line (LI15). */
const REPORTS_OF_A_LINE = 10;

/** So much of a connection that reads nothing may not be counted. */
const FEW_BYTES = 20_000;

/** A log entry as JSON, with a line of 1,024 control characters. */
const LOG_ENTRY_CHARACTERS_MAX = 16_384;

const EVERYBODY = { names: [], prefixes: [""] };
const EVERYTHING = { reports: EVERYBODY, asks: EVERYBODY, isOperator: false };

/** A server waits for a silence so long at most; for a later one the alarm stands (WT25). */
const SILENCE_SECONDS = 10;

const NO_PLACES: PlacesAnswer = { html_attributions: [], results: [], status: "ZERO_RESULTS" };

class CheckedStore extends MemoryReportStore {
  override keep(batch: readonly OfferedReport[]) {
    for (const { report } of batch) {
      const again = parseAt(report.line);
      if (again?.client !== report.client || again.timeKey !== report.timeKey || again.line !== report.line)
        throw new Violation("stored", `does not read back: ${report.line}`);
    }
    return super.keep(batch);
  }

  override wakeAt(millis: number | undefined): void {
    // The platform takes a date.
    if (millis !== undefined && !(millis >= 0 && millis <= 8.64e15)) throw new Violation("alarm", `at ${millis}`);
    super.wakeAt(millis);
  }
}

class Host implements Place {
  readonly name: ServerName;
  readonly config: HerdConfig;
  store = new CheckedStore();
  readonly knowledge: Knowledge;
  readonly speakers = new Map<ConnectionId, Speaker>();
  /** Clients of whom it refused a report as too far ahead (RP13): there it may differ from the other server. */
  readonly refusedAhead = new Set<string>();
  /** How far its clock is ahead. */
  clockMillis = 0;
  life: Life;
  queries: number[] = [];
  server!: HerdServer;
  loop!: TurnLoop;
  timer = new ManualTimer();

  constructor(name: ServerName, config: HerdConfig, knowledge: Knowledge) {
    this.name = name;
    this.config = config;
    this.knowledge = knowledge;
    this.life = new Life(config.limits);
  }

  holds(client: string): boolean {
    const held = this.server.pending.peek(client)?.line;
    const report = held === undefined ? undefined : readAt(held);
    return report !== undefined && !isForgotten(report);
  }

  waitingBytesMost(): number {
    return this.speakers.values().reduce((sum, speaker) => sum + speaker.waitingBytesMost, 0);
  }
}

/** An end of the link between the two servers. */
interface End {
  readonly host: Host;
  readonly connection: ConnectionId;
}

interface PowellLink {
  readonly connection: ConnectionId;
  readonly hello: Hello;
  /** The end of the last frame that it was sent. */
  to: string;
}

export function runSession(session: Session): void {
  new SessionRun(session).run();
}

class SessionRun {
  readonly #session: Session;
  readonly #config: HerdConfig;
  readonly #random: Random;
  readonly #reports = new Reports();
  readonly #hosts: Readonly<Record<ServerName, Host>>;
  /** By number, those that speak. */
  readonly #clients = new Map<number, { readonly host: Host; readonly speaker: Speaker }>();
  /** Both directions: the near end, by host and connection, to the far one. */
  readonly #wires = new Map<string, End>();
  #powellsLink: PowellLink | undefined;
  #ourLink: PowellLink | undefined;
  #isPowellGone = false;
  /** What Powell answers dials, one after the other, and whether it leaves then. */
  #powellsAnswers: readonly string[] = [];
  #leavesThen = false;
  #dialsAnswered = 0;
  readonly #powellsConnections = new Set<ConnectionId>();
  #nowMillis = START_SECONDS * 1000;
  /** How far all clocks were set back together. */
  #setBackMillis = 0;

  constructor(session: Session) {
    this.#session = session;
    this.#random = new Random(session.seed);
    this.#config = parseHerdConfig({
      servers: [
        { name: "Alford", neighbours: ["Parker", "Powell"] },
        { name: "Parker", neighbours: ["Alford"] },
        { name: "Powell", neighbours: ["Alford"] },
      ],
      limits: session.limits,
      peers: session.peers,
    });
    this.#hosts = { Alford: this.#host("Alford"), Parker: this.#host("Parker") };
  }

  run(): void {
    for (const { loop } of Object.values(this.#hosts)) loop.turnNow();
    this.#settle();
    for (const step of this.#session.steps) {
      this.#take(step);
      if (step.joined !== true) this.#settle();
    }
    this.#end();
  }

  #host(name: ServerName): Host {
    const host = new Host(name, this.#config, new Knowledge(this.#reports));
    this.#start(host, []);
    return host;
  }

  /** The next life of a server: its first turn is the caller's to run. */
  #start(host: Host, resumed: readonly ResumedConnection[]): void {
    const { name, store } = host;
    const server = new HerdServer({
      name,
      config: this.#config,
      store,
      logLevel: this.#session.logLevel,
      alarmAtMillis: store.alarmAtMillis,
      resumed,
      random: () => this.#random.next(),
      bufferedBytes: (connection) => host.speakers.get(connection)?.unreadBytes ?? 0,
    });
    const timer = new ManualTimer();
    const watched = {
      turn: (nowMillis: number, events: readonly HerdEvent[]) => this.#turn(host, nowMillis, events),
      get nextTurnMillis() {
        return server.nextTurnMillis;
      },
    };
    host.server = server;
    host.life = new Life(this.#config.limits);
    host.timer = timer;
    host.loop = new TurnLoop(watched, {
      now: () => this.#localMillis(host),
      setTimer: (atMillis, ring) => timer.setTimer(Math.max(this.#nowMillis, atMillis - host.clockMillis), ring),
      clearTimer: () => timer.clearTimer(),
      carryOut: (effects) => {
        for (const effect of effects) this.#carryOut(host, effect);
        this.#demandMemory(host);
      },
      died: (error) => {
        throw error;
      },
    });
  }

  #localMillis({ clockMillis }: Host): number {
    return this.#nowMillis + clockMillis;
  }

  #turn(host: Host, nowMillis: number, events: readonly HerdEvent[]): readonly Effect[] {
    const { life, server, speakers } = host;
    life.beginTurn(nowMillis);
    const ahead = events.flatMap((event) => this.#foresee(host, event, nowMillis));
    for (const speaker of speakers.values()) speaker.endOverdue(life);
    const effects = server.turn(nowMillis, events);
    life.endTurn();
    for (const { client, line, wasHeld } of ahead) {
      host.refusedAhead.add(client);
      if (!wasHeld && server.pending.peek(client)?.line === line) throw new Violation("ahead", `takes ${line}`);
    }
    this.#demandRoom(effects, events);
    const waitMillis = server.nextTurnMillis - nowMillis;
    if (waitMillis !== Infinity && waitMillis > this.#waitMillisMax(host))
      throw new Violation("wait", `${host.name} waits ${waitMillis} ms`);
    return effects;
  }

  /** What waits for its client, in the end of a turn: answers behind others (LI27), and what is sent and not read (LI30). */
  #demandMemory({ name, speakers }: Host): void {
    for (const { connection, listener } of speakers.values())
      if (listener.waiting.bytes > this.#config.limits.bufferedBytes)
        throw new Violation("memory", `${name} keeps answers of ${listener.waiting.bytes} bytes for ${connection}`);
    const unread = speakers
      .values()
      .reduce((sum, { lookedAtBytes }) => sum + (lookedAtBytes > FEW_BYTES ? lookedAtBytes : 0), 0);
    if (unread > this.#config.limits.bufferedBytesOfAll)
      throw new Violation("memory", `${name} keeps ${unread} bytes that nobody reads`);
  }

  /** No more places are asked for than the answers have room on the connections that may have asked (LI27). */
  #demandRoom(effects: readonly Effect[], events: readonly HerdEvent[]): void {
    const items = effects.reduce((sum, effect) => sum + (effect.type === "ask places" ? effect.request.items : 0), 0);
    const speakers = new Set(events.map((event) => ("connection" in event ? event.connection : undefined)));
    if (items * PLACE_BYTES_LEAST > speakers.size * this.#config.limits.bufferedBytes)
      throw new Violation("memory", `${items} places are asked for at once`);
  }

  #readPage({ at, count, address }: Extract<Step, { do: "page" }>): void {
    this.#settle();
    const { server, life } = this.#hosts[at];
    const nowMillis = this.#localMillis(this.#hosts[at]);
    life.tick(nowMillis);
    const isToRead =
      address === undefined || life.rates.mayRead(address, Math.ceil(count / REPORTS_OF_A_LINE), life.steadyMillis);
    const page = server.reportsPage(undefined, count, address, nowMillis);
    if ((page !== undefined) !== isToRead)
      throw new Violation("pace", `a page of ${count} was ${isToRead ? "not " : ""}read`);
    for (const line of page?.reports ?? [])
      if (this.#reports.shownAs(line) === undefined) throw new Violation("stored", `nobody has reported ${line}`);
  }

  /** The longest wait that a setting allows (LI26). */
  #waitMillisMax({ speakers }: Host): number {
    const { limits, peers } = this.#config;
    const { handshakeSeconds, idleConnectionSeconds, watchStallSeconds } = limits;
    const hasStreams = speakers.values().some(({ isStream }) => isStream);
    const seconds = Math.max(
      peers.answerSeconds + peers.writeBehindSeconds,
      peers.idleSeconds,
      peers.retrySecondsMax,
      peers.writeBehindQuietSeconds,
      watchStallSeconds,
      SILENCE_SECONDS,
      hasStreams ? handshakeSeconds : 0,
      speakers.size > 0 ? idleConnectionSeconds : 0,
    );
    return seconds * 1000;
  }

  /** What the rules say of an event, before the server hears it. Returns the reports of a frame that are too far ahead (RP13). */
  #foresee(
    host: Host,
    event: HerdEvent,
    nowMillis: number,
  ): { readonly client: string; readonly line: string; readonly wasHeld: boolean }[] {
    if (event.type === "frame") return this.#foreseeFrame(host, event, nowMillis);
    if (!("connection" in event)) return [];
    const speaker = host.speakers.get(event.connection);
    if (event.type === "connected") speaker?.begin(host.life);
    if (event.type === "message") speaker?.hearMessage(host, event.data, event.receivedMillis);
    if (event.type === "chunk") speaker?.hearChunk(host, event.data, event.receivedMillis);
    if (event.type === "input ended") speaker?.hearEnd(host, event.receivedMillis);
    if (event.type === "closed") host.speakers.delete(event.connection);
    return [];
  }

  #foreseeFrame(host: Host, { connection, data }: HerdEvent & { type: "frame" }, nowMillis: number) {
    if (typeof data !== "string") return [];
    const isPowells = host.name === "Alford" && this.#powellsConnections.has(connection);
    const { futureSeconds } = this.#config.peers;
    const latest = BigInt(nowMillis + futureSeconds * 1000) * 1_000_000n;
    const ahead: { client: string; line: string; wasHeld: boolean }[] = [];
    for (const line of data.split("\n")) {
      const report = readAt(line);
      if (report === undefined) continue;
      const { client } = report;
      host.life.frame(client);
      if (report.forgot !== undefined) host.life.forget(client);
      const isAhead = [report.nanoseconds, report.heard, report.forgot ?? 0n].some((time) => time > latest);
      if (isAhead) host.refusedAhead.add(client);
      if (isAhead)
        ahead.push({ client, line: report.line, wasHeld: host.server.pending.peek(client)?.line === report.line });
      // The frame may be taken: then each of its lines is a report.
      else if (isPowells) this.#reports.add(report);
    }
    return ahead;
  }

  #take(step: Step): void {
    switch (step.do) {
      case "connect":
        return this.#connect(step);
      case "say":
        return this.#say(step.client, step.said);
      case "flood":
        return this.#flood(step);
      case "end input":
        return this.#endInput(step.client);
      case "leave":
        return this.#leave(step.client, "left");
      case "stop reading":
      case "read": {
        const speaker = this.#clients.get(step.client)?.speaker;
        if (step.do === "read") speaker?.read();
        else speaker?.stopReading(step.unreadBytes);
        return;
      }
      case "page":
        return this.#readPage(step);
      case "Powell dials":
        return this.#powellDials(step);
      case "Powell says":
        return this.#powellSays(step.on === "its link" ? this.#powellsLink : this.#ourLink, step.said);
      case "Powell leaves":
        return this.#powellLeaves(step.on);
      case "Powell answers dials":
        this.#powellsAnswers = step.answers;
        this.#leavesThen = step.leaves;
        return;
      case "set clock":
        this.#hosts[step.at].clockMillis += step.millis;
        this.#setBackMillis += Math.max(0, -step.millis);
        return;
      case "cut links":
        return this.#cutLinks();
      case "alarm":
        return this.#ring(this.#hosts[step.at]);
      case "places":
        return this.#answerPlaces(step.pick, step.answer);
      case "restart":
        return this.#restart(this.#hosts[step.at], step.hibernates);
      case "wait":
        return this.#advanceTo(this.#nowMillis + step.millis);
      default:
        step satisfies never;
    }
  }

  #connect({ client, to, via, ...options }: Extract<Step, { do: "connect" }>): void {
    this.#leave(client, "connected anew");
    const host = this.#hosts[to];
    const { speaker, connected } = this.#speaker(host, via, options);
    this.#clients.set(client, { host, speaker });
    host.loop.hear(connected);
  }

  #speaker(
    host: Host,
    via: TransportKind,
    {
      unknown,
      reasons = false,
      clock,
      address,
      subject,
    }: Omit<Extract<Step, { do: "connect" }>, "do" | "client" | "to" | "via">,
  ): { readonly speaker: Speaker; readonly connected: HerdEvent } {
    const connection = host.server.newConnection();
    const permissions = subject === undefined ? undefined : { ...EVERYTHING, subject };
    const context: ConnectionContext = { unknown, reasons, clock, address, permissions };
    const speaker = new Speaker({ connection, via, unknown, reasons, clock, address, subject, context }, host);
    host.speakers.set(connection, speaker);
    return { speaker, connected: { type: "connected", connection, transport: TRANSPORTS[via], ...context } };
  }

  #say(number: number, said: Said): void {
    const { host, speaker } = this.#clients.get(number) ?? {};
    if (host === undefined || speaker === undefined) return;
    host.loop.hear(this.#saying(host, speaker, said));
  }

  #saying(host: Host, { connection, isStream }: Speaker, said: Said): HerdEvent {
    const receivedMillis = this.#localMillis(host);
    if (isStream) return { type: "chunk", connection, data: bytesOf(said), receivedMillis };
    const data = "text" in said ? said.text : bytesOf(said);
    return { type: "message", connection, data, receivedMillis };
  }

  #flood({ to, posts, ...options }: Extract<Step, { do: "flood" }>): void {
    const host = this.#hosts[to];
    for (const said of posts) {
      const { speaker, connected } = this.#speaker(host, "post", options);
      const { connection } = speaker;
      const receivedMillis = this.#localMillis(host);
      host.loop.hear(connected, this.#saying(host, speaker, said), { type: "input ended", connection, receivedMillis });
    }
  }

  #endInput(number: number): void {
    const { host, speaker } = this.#clients.get(number) ?? {};
    if (host === undefined || speaker === undefined) return;
    host.loop.hear({
      type: "input ended",
      connection: speaker.connection,
      receivedMillis: this.#localMillis(host),
    });
  }

  #leave(number: number, reason: string): void {
    const { host, speaker } = this.#clients.get(number) ?? {};
    if (host === undefined || speaker === undefined) return;
    this.#clients.delete(number);
    speaker.hasLeft = true;
    host.loop.hear({ type: "closed", connection: speaker.connection, reason });
  }

  #powellDials({ name, version, epoch, features }: Extract<Step, { do: "Powell dials" }>): void {
    const { server, loop } = this.#hosts.Alford;
    const connection = server.newConnection();
    const hello = { version, name, epoch, incarnation: `run${this.#random.integer(1, 2)}`, features };
    this.#powellsLink = { connection, hello, to: "0" };
    this.#powellsConnections.add(connection);
    loop.hear({ type: "dialled by", connection, hello });
  }

  #powellSays(link: PowellLink | undefined, said: Said): void {
    if (link === undefined) return;
    const { connection, hello, to } = link;
    const filled = (text: string) => text.replaceAll("EPOCH", () => hello.epoch).replaceAll("TO", () => to);
    const data = "text" in said ? filled(said.text) : bytesOf(said);
    this.#hosts.Alford.loop.hear({ type: "frame", connection, data });
  }

  #powellAnswersDial(): void {
    const text = this.#powellsAnswers[this.#dialsAnswered % this.#powellsAnswers.length];
    if (text === undefined) return;
    this.#dialsAnswered++;
    this.#powellSays(this.#ourLink, { text });
    if (this.#leavesThen) this.#powellLeaves("our link");
  }

  #powellLeaves(on: "its link" | "our link"): void {
    const link = on === "its link" ? this.#powellsLink : this.#ourLink;
    if (link === undefined) return;
    if (on === "its link") this.#powellsLink = undefined;
    else this.#ourLink = undefined;
    this.#hosts.Alford.loop.hear({ type: "closed", connection: link.connection, reason: "Powell left" });
  }

  #cutLinks(): void {
    const ends = [...this.#wires.values()];
    this.#wires.clear();
    for (const { host, connection } of ends) host.loop.hear({ type: "closed", connection, reason: "cut" });
  }

  #ring(host: Host): void {
    host.store.alarmAtMillis = undefined;
    host.loop.turnNow({ type: "alarm" });
  }

  #answerPlaces(pick: number, answer: PlacesAnswer): void {
    const hosts = Object.values(this.#hosts);
    const host = hosts[pick % hosts.length];
    // Sometimes one that was answered, or never asked.
    const query = host?.queries[pick >>> 1] ?? pick;
    host?.loop.hear({ type: "places answered", query, provider: "the fuzz", failures: [], answer });
    if (host !== undefined) host.queries = host.queries.filter((other) => other !== query);
  }

  /** A life ends, and the next goes on with its store: after hibernation, with the connections that can outlive it. */
  #restart(host: Host, hibernates: boolean): void {
    this.#settle();
    const speakers = [...host.speakers.values()];
    const canHibernate =
      hibernates && host.queries.length === 0 && speakers.every(({ isStream, isPost }) => !isStream && !isPost);
    const staying = canHibernate ? speakers.filter(({ hasEnded }) => !hasEnded) : [];
    const resumed: ResumedConnection[] = staying.map((speaker) => ({ ...speaker.resumed, watches: speaker.watches }));
    for (const [number, { speaker, host: itsHost }] of this.#clients)
      if (itsHost === host && !staying.includes(speaker)) this.#clients.delete(number);
    host.speakers.clear();
    for (const [key, far] of this.#wires) {
      if (!key.startsWith(host.name) && far.host !== host) continue;
      this.#wires.delete(key);
      if (far.host !== host) far.host.loop.hear({ type: "closed", connection: far.connection, reason: "gone" });
    }
    if (host.name === "Alford") {
      if (canHibernate && this.#powellsLink !== undefined) resumed.push({ type: "neighbour", ...this.#powellsLink });
      else this.#powellsLink = undefined;
      this.#ourLink = undefined;
    }
    host.queries = [];
    host.loop.end();
    // What a store has in memory ends with the life.
    host.store = new CheckedStore(host.store.rows);
    this.#start(host, resumed);
    for (const speaker of staying) {
      host.speakers.set(speaker.connection, speaker);
      speaker.wake(host.life);
    }
    host.loop.turnNow();
  }

  /** Turns are taken until nothing is left to do at this time. */
  #settle(): void {
    for (let turns = 0; ; turns++) {
      const host = Object.values(this.#hosts).find(({ timer }) => timer.dueMillis <= this.#nowMillis);
      if (host === undefined) return;
      if (turns > TURNS_AT_ONCE_MAX) throw new Violation("spin", `${host.name} does not come to rest`);
      host.timer.ringIfDue(this.#nowMillis);
    }
  }

  #advanceTo(endMillis: number): void {
    this.#settle();
    for (;;) {
      const dueMillis = this.#dueMillis();
      if (dueMillis > endMillis) break;
      this.#nowMillis = Math.max(this.#nowMillis, dueMillis);
      for (const host of Object.values(this.#hosts))
        if ((host.store.alarmAtMillis ?? Infinity) <= this.#localMillis(host)) this.#ring(host);
      this.#settle();
    }
    this.#nowMillis = endMillis;
  }

  #dueMillis(): number {
    const hosts = Object.values(this.#hosts);
    return Math.min(
      ...hosts.map(({ timer, store, clockMillis }) =>
        Math.min(timer.dueMillis, (store.alarmAtMillis ?? Infinity) - clockMillis),
      ),
    );
  }

  #carryOut(host: Host, effect: Effect): void {
    switch (effect.type) {
      case "send":
        return this.#deliver(host, effect.connection, effect.data);
      case "close":
        return this.#close(host, effect.connection, effect.reason);
      case "dial":
        return this.#dial(host, effect);
      case "remember subscriptions": {
        const speaker = host.speakers.get(effect.connection);
        if (speaker !== undefined) speaker.watches = effect.watches;
        return;
      }
      case "ask places":
        host.queries.push(effect.query);
        return;
      case "try storage":
        throw new Violation("storage", "tried, though no write was refused");
      case "log":
        if (effect.entry.event === "unknown client" && effect.entry.answer === "none")
          host.speakers.get(effect.entry.connection)?.listener.ignore(effect.entry.client);
        if (effect.entry.event === "epoch begun") host.life.beginEpoch();
        if (effect.entry.event === "link up" && effect.entry.to === "Powell") host.life.hearSync();
        if (JSON.stringify(effect.entry).length > LOG_ENTRY_CHARACTERS_MAX)
          throw new Violation("log", `a log entry of ${JSON.stringify(effect.entry).length} characters`);
        return;
      case "forget in log":
        return;
      default:
        effect satisfies never;
    }
  }

  #deliver(host: Host, connection: ConnectionId, data: string | Uint8Array): void {
    const speaker = host.speakers.get(connection);
    const far = this.#wires.get(keyOf(host, connection));
    if (speaker !== undefined) speaker.hear(data);
    else if (far !== undefined) far.host.loop.hear({ type: "frame", connection: far.connection, data });
    else if (host.name === "Alford" && this.#ourLink?.connection === connection)
      this.#ourLink.to = /^SEQ \S+ \d+ (\d+)$/m.exec(String(data))?.[1] ?? this.#ourLink.to;
  }

  #close(host: Host, connection: ConnectionId, { name, text }: CloseReason): void {
    const closed = host.speakers.get(connection);
    if (closed !== undefined) {
      closed.close(name, host);
      host.speakers.delete(connection);
      for (const [number, { speaker }] of this.#clients) if (speaker === closed) this.#clients.delete(number);
    }
    const far = this.#wires.get(keyOf(host, connection));
    if (far !== undefined) {
      this.#wires.delete(keyOf(host, connection));
      this.#wires.delete(keyOf(far.host, far.connection));
      far.host.loop.hear({ type: "closed", connection: far.connection, reason: text });
    }
    if (host.name !== "Alford") return;
    if (this.#powellsLink?.connection === connection) this.#powellsLink = undefined;
    if (this.#ourLink?.connection === connection) this.#ourLink = undefined;
  }

  #dial(host: Host, { connection, neighbour, hello }: Extract<Effect, { type: "dial" }>): void {
    if (neighbour === "Powell") {
      if (this.#isPowellGone) return host.loop.hear({ type: "closed", connection, reason: "Powell is gone" });
      this.#ourLink = { connection, hello, to: "0" };
      this.#powellsConnections.add(connection);
      return this.#powellAnswersDial();
    }
    const far = neighbour === "Parker" ? this.#hosts.Parker : this.#hosts.Alford;
    const farConnection = far.server.newConnection();
    this.#wires.set(keyOf(host, connection), { host: far, connection: farConnection });
    this.#wires.set(keyOf(far, farConnection), { host, connection });
    far.loop.hear({ type: "dialled by", connection: farConnection, hello });
  }

  #end(): void {
    this.#isPowellGone = true;
    this.#powellLeaves("its link");
    this.#powellLeaves("our link");
    this.#settle();
    for (const host of Object.values(this.#hosts))
      for (const query of host.queries.splice(0))
        host.loop.hear({ type: "places answered", query, provider: "the fuzz", answer: NO_PLACES });
    this.#settle();
    for (const { loop, name, speakers } of Object.values(this.#hosts))
      for (const { listener, connection, hasEnded } of speakers.values()) {
        listener.demandAll();
        if (hasEnded) throw new Violation("closes", `${name} leaves ${connection} open`);
        loop.hear({ type: "closed", connection, reason: "the end" });
      }
    this.#settle();
    const endMillis = this.#nowMillis + REST_MILLIS + this.#setBackMillis;
    while (!this.#isAtRest() && this.#nowMillis < endMillis) this.#advanceTo(Math.min(this.#dueMillis(), endMillis));
    this.#demandRest();
  }

  #isAtRest(): boolean {
    return Object.values(this.#hosts).every(({ name, server }) => {
      const other = name === "Alford" ? "Parker" : "Alford";
      const feed = server.status().neighbours.find(({ neighbour }) => neighbour === other);
      const isWritten = server.pending.size === 0 && server.pending.unflushedCount === 0;
      return feed?.isCaughtUp !== false && isWritten && this.#differences.length === 0;
    });
  }

  /** Clients of whom the two servers hold different reports. */
  get #differences(): string[] {
    const [one = new Map<string, string>(), other = new Map<string, string>()] = Object.values(this.#hosts).map(
      ({ store }) => new Map(store.scan(undefined, Infinity).rows.map(({ report }) => [report.client, report.line])),
    );
    const hosts = Object.values(this.#hosts);
    return [...new Set([...one.keys(), ...other.keys()])].filter(
      (client) => one.get(client) !== other.get(client) && !hosts.some(({ refusedAhead }) => refusedAhead.has(client)),
    );
  }

  #demandRest(): void {
    for (const { name, server, store, knowledge } of Object.values(this.#hosts)) {
      const { connections } = server.status();
      if (connections > 0) throw new Violation("memory", `${name} still has ${connections} connections`);
      if (server.pending.size > 0 || server.pending.unflushedCount > 0)
        throw new Violation("memory", `${name} has reports that it does not write`);
      for (const client of [
        ...store.scan(undefined, Infinity).rows.map(({ report }) => report.client),
        ...knowledge.clientsTold,
      ]) {
        knowledge.demandHeld(client, store.read(client)?.line);
      }
      const reports = store.scan(undefined, Infinity).rows.map(({ report }) => readAt(report.line));
      if (reports.filter((report) => report && !isForgotten(report)).length !== server.status().clients)
        throw new Violation("stored", `${name} says that it holds ${server.status().clients} clients`);
    }
    const differences = this.#differences;
    if (differences.length > 0) throw new Violation("convergence", `the servers differ in ${differences.join(", ")}`);
  }
}

function keyOf({ name }: Host, connection: ConnectionId): string {
  return `${name} ${connection}`;
}

function bytesOf(said: Said): Uint8Array {
  return "text" in said ? Buffer.from(said.text) : Buffer.from(said.bytes, "latin1");
}
