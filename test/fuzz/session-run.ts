// Runs a session: two real servers of the core with a clock, their link, their clients, and Powell.
//
// After the steps the noise ends: places are answered, clients leave, Powell is gone; then nothing may be left of the
// connections, and the two servers have to agree. Whatever breaks a law throws a Violation.

import { TRANSPORTS, type ConnectionId } from "../../src/core/protocol/connection.ts";
import type { Effect, ResumedConnection } from "../../src/core/contract/events.ts";
import type { Hello } from "../../src/core/protocol/frame.ts";
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
import { Listener } from "./listener.ts";
import { answerOf, meaningOf, readAt, readLines, refusalOf, type ReadLine } from "./reference.ts";
import type { Said, ServerName, Session, Step } from "./session.ts";
import { StreamReader } from "./stream-reader.ts";
import { Watching } from "./watching.ts";

/** Turns without time going by: more than any work of a session needs. */
const TURNS_AT_ONCE_MAX = 2_000;
const REST_MILLIS = 10 * 60_000;
/** The second reading of the rules has no clock: whom LI6 lets go is test/core's matter. */
const HANDSHAKE_SECONDS = 86_400;
/** A log entry as JSON, with a line of 1,024 control characters. */
const LOG_ENTRY_CHARACTERS_MAX = 16_384;

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

interface Host {
  readonly name: ServerName;
  readonly store: CheckedStore;
  readonly knowledge: Knowledge;
  server: HerdServer;
  loop: TurnLoop;
  timer: ManualTimer;
  queries: number[];
}

interface Client {
  readonly host: Host;
  readonly connection: ConnectionId;
  readonly isStream: boolean;
  readonly isPost: boolean;
  readonly reasons: boolean;
  readonly listener: Listener;
  readonly watching: Watching;
  readonly stream: StreamReader;
  readonly resumed: Extract<ResumedConnection, { type: "client" }>;
  /** What its connection remembers that it watches. */
  watches: readonly string[];
  /** The server hears no more of it. */
  hasEnded: boolean;
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
  readonly #clients = new Map<number, Client>();
  /** Both directions: the near end, by host and connection, to the far one. */
  readonly #wires = new Map<string, End>();
  #powellsLink: PowellLink | undefined;
  #ourLink: PowellLink | undefined;
  #isPowellGone = false;
  #nowMillis = START_SECONDS * 1000;

  constructor(session: Session) {
    this.#session = session;
    this.#random = new Random(session.seed);
    this.#config = parseHerdConfig({
      servers: [
        { name: "Alford", neighbours: ["Parker", "Powell"] },
        { name: "Parker", neighbours: ["Alford"] },
        { name: "Powell", neighbours: ["Alford"] },
      ],
      limits: { ...session.limits, handshakeSeconds: HANDSHAKE_SECONDS },
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
    const store = new CheckedStore();
    const host = { name, store, knowledge: new Knowledge(this.#reports), queries: [] };
    return Object.assign(host, this.#start(host, []));
  }

  /** The next life of a server: its first turn is the caller's to run. */
  #start(
    host: Pick<Host, "name" | "store">,
    resumed: readonly ResumedConnection[],
  ): Pick<Host, "server" | "loop" | "timer"> {
    const { name, store } = host;
    const server = new HerdServer({
      name,
      config: this.#config,
      store,
      logLevel: this.#session.logLevel,
      alarmAtMillis: store.alarmAtMillis,
      resumed,
      random: () => this.#random.next(),
    });
    const timer = new ManualTimer();
    const loop = new TurnLoop(server, {
      now: () => this.#nowMillis,
      setTimer: (atMillis, ring) => timer.setTimer(atMillis, ring),
      clearTimer: () => timer.clearTimer(),
      carryOut: (effects) => {
        for (const effect of effects) this.#carryOut(this.#hosts[name], effect);
      },
      died: (error) => {
        throw error;
      },
    });
    return { server, loop, timer };
  }

  #take(step: Step): void {
    switch (step.do) {
      case "connect":
        return this.#connect(step);
      case "say":
        return this.#say(this.#clients.get(step.client), step.said);
      case "end input":
        return this.#endInput(this.#clients.get(step.client));
      case "leave":
        return this.#leave(step.client, "left");
      case "Powell dials":
        return this.#powellDials(step);
      case "Powell says":
        return this.#powellSays(step.on === "its link" ? this.#powellsLink : this.#ourLink, step.said);
      case "Powell leaves":
        return this.#powellLeaves(step.on);
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

  #connect({ client, to, via, unknown, reasons = false }: Extract<Step, { do: "connect" }>): void {
    this.#leave(client, "connected anew");
    const host = this.#hosts[to];
    const connection = host.server.newConnection();
    const watching = new Watching(host.knowledge, this.#config.limits.watches);
    this.#clients.set(client, {
      host,
      connection,
      isStream: via === "tcp",
      listener: new Listener(host.knowledge, unknown ?? (reasons ? "reject" : this.#config.unknown), watching),
      reasons,
      watching,
      isPost: via === "post",
      stream: new StreamReader(this.#config.limits.lineBytes),
      resumed: { type: "client", connection, unknown, reasons },
      watches: [],
      hasEnded: false,
    });
    host.loop.hear({ type: "connected", connection, transport: TRANSPORTS[via], unknown, reasons });
  }

  #say(client: Client | undefined, said: Said): void {
    if (client === undefined) return;
    const { host, connection, isStream, stream } = client;
    const { lineBytes, messageBytes } = this.#config.limits;
    const data = "text" in said && !isStream ? said.text : bytesOf(said);
    const receivedMillis = this.#nowMillis;
    if (isStream && typeof data !== "string") {
      host.loop.hear({ type: "chunk", connection, data, receivedMillis });
      for (const line of stream.read(data)) this.#expect(client, line);
      return;
    }
    const isTooLong = Buffer.byteLength(data) > messageBytes;
    if (!isTooLong) for (const line of readLines(data, lineBytes)) this.#expect(client, line);
    if (isTooLong) client.hasEnded = true;
    // It may be answered before this returns.
    host.loop.hear({ type: "message", connection, data, receivedMillis });
  }

  #endInput(client: Client | undefined): void {
    if (client === undefined) return;
    const { host, connection, stream } = client;
    host.loop.hear({ type: "input ended", connection, receivedMillis: this.#nowMillis });
    for (const line of stream.end()) this.#expect(client, line);
    client.hasEnded = true;
  }

  #expect({ host, listener, hasEnded, isPost, reasons }: Client, line: ReadLine): void {
    if (hasEnded) return;
    const refused = (echo: string | Uint8Array, ...codes: readonly string[]) => {
      const answers = reasons ? codes.map((code) => refusalOf(echo, code)) : [refusalOf(echo)];
      listener.expect({ kind: "one of", answers });
    };
    if (typeof line !== "string") return refused(line.echo, line.code);
    const meaning = meaningOf(line, this.#nowMillis, this.#config.limits.futureSeconds);
    if (meaning.kind === "invalid") refused(line, ...meaning.codes);
    else if (meaning.kind === "IAMAT") {
      const report = answerOf(host.name, this.#nowMillis, meaning);
      host.knowledge.hearOf(report);
      listener.expect({ kind: "report", client: report.client, report });
    } else if (meaning.kind === "WHATSAT") {
      const { client, items } = meaning;
      const refusal = refusalOf(line, reasons ? "unknown" : "");
      listener.expect({ kind: "places", client, items, refusal, isKnown: host.knowledge.knows(client) });
    } else if (meaning.kind !== "nothing") {
      const { kind, client } = meaning;
      if (isPost) refused(line, "syntax");
      else listener.expect({ kind, client, line });
    }
  }

  #leave(number: number, reason: string): void {
    const client = this.#clients.get(number);
    if (client === undefined) return;
    this.#clients.delete(number);
    client.host.loop.hear({ type: "closed", connection: client.connection, reason });
  }

  #powellDials({ name, version, epoch, features }: Extract<Step, { do: "Powell dials" }>): void {
    const { server, loop } = this.#hosts.Alford;
    const connection = server.newConnection();
    const hello = { version, name, epoch, incarnation: `run${this.#random.integer(1, 2)}`, features };
    this.#powellsLink = { connection, hello, to: "0" };
    loop.hear({ type: "dialled by", connection, hello });
  }

  #powellSays(link: PowellLink | undefined, said: Said): void {
    if (link === undefined) return;
    const { connection, hello, to } = link;
    const filled = (text: string) => text.replaceAll("EPOCH", () => hello.epoch).replaceAll("TO", () => to);
    const data = "text" in said ? filled(said.text) : bytesOf(said);
    // A frame may be taken: then each of its lines is a report.
    if (typeof data === "string")
      for (const line of data.split("\n")) {
        const report = readAt(line);
        if (report !== undefined) this.#reports.add(report);
      }
    this.#hosts.Alford.loop.hear({ type: "frame", connection, data });
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
    const clients = [...this.#clients].filter(([, client]) => client.host === host);
    const canHibernate =
      hibernates && host.queries.length === 0 && clients.every(([, { isStream, isPost }]) => !isStream && !isPost);
    const resumed: ResumedConnection[] = [];
    for (const [number, client] of clients)
      if (canHibernate && !client.hasEnded) {
        client.watching.forgetTold();
        resumed.push({ ...client.resumed, watches: client.watches });
      } else this.#clients.delete(number);
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
    Object.assign(host, this.#start(host, resumed));
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
        if ((host.store.alarmAtMillis ?? Infinity) <= this.#nowMillis) this.#ring(host);
      this.#settle();
    }
    this.#nowMillis = endMillis;
  }

  #dueMillis(): number {
    const hosts = Object.values(this.#hosts);
    return Math.min(...hosts.map(({ timer, store }) => Math.min(timer.dueMillis, store.alarmAtMillis ?? Infinity)));
  }

  #carryOut(host: Host, effect: Effect): void {
    switch (effect.type) {
      case "send":
        return this.#deliver(host, effect.connection, effect.data);
      case "close":
        return this.#close(host, effect.connection, effect.reason.text);
      case "dial":
        return this.#dial(host, effect);
      case "remember subscriptions": {
        const client = this.#clientOf(host, effect.connection)?.[1];
        if (client !== undefined) client.watches = effect.watches;
        return;
      }
      case "ask places":
        host.queries.push(effect.query);
        return;
      case "try storage":
        throw new Violation("storage", "tried, though no write was refused");
      case "log":
        if (effect.entry.event === "unknown client" && effect.entry.answer === "none")
          this.#clientOf(host, effect.entry.connection)?.[1].listener.ignore(effect.entry.client);
        if (JSON.stringify(effect.entry).length > LOG_ENTRY_CHARACTERS_MAX)
          throw new Violation("log", `a log entry of ${JSON.stringify(effect.entry).length} characters`);
        return;
      default:
        effect satisfies never;
    }
  }

  #deliver(host: Host, connection: ConnectionId, data: string | Uint8Array): void {
    const client = this.#clientOf(host, connection)?.[1];
    const far = this.#wires.get(keyOf(host, connection));
    if (client !== undefined) client.listener.hear(data);
    else if (far !== undefined) far.host.loop.hear({ type: "frame", connection: far.connection, data });
    else if (host.name === "Alford" && this.#ourLink?.connection === connection)
      this.#ourLink.to = /^SEQ \S+ \d+ (\d+)$/m.exec(String(data))?.[1] ?? this.#ourLink.to;
  }

  #close(host: Host, connection: ConnectionId, reason: string): void {
    const [number, client] = this.#clientOf(host, connection) ?? [];
    if (number !== undefined) {
      client?.listener.demandAll();
      this.#clients.delete(number);
    }
    const far = this.#wires.get(keyOf(host, connection));
    if (far !== undefined) {
      this.#wires.delete(keyOf(host, connection));
      this.#wires.delete(keyOf(far.host, far.connection));
      far.host.loop.hear({ type: "closed", connection: far.connection, reason });
    }
    if (host.name !== "Alford") return;
    if (this.#powellsLink?.connection === connection) this.#powellsLink = undefined;
    if (this.#ourLink?.connection === connection) this.#ourLink = undefined;
  }

  #dial(host: Host, { connection, neighbour, hello }: Extract<Effect, { type: "dial" }>): void {
    if (neighbour === "Powell") {
      if (this.#isPowellGone) host.loop.hear({ type: "closed", connection, reason: "Powell is gone" });
      else this.#ourLink = { connection, hello, to: "0" };
      return;
    }
    const far = neighbour === "Parker" ? this.#hosts.Parker : this.#hosts.Alford;
    const farConnection = far.server.newConnection();
    this.#wires.set(keyOf(host, connection), { host: far, connection: farConnection });
    this.#wires.set(keyOf(far, farConnection), { host, connection });
    far.loop.hear({ type: "dialled by", connection: farConnection, hello });
  }

  #clientOf(host: Host, connection: ConnectionId): [number, Client] | undefined {
    for (const entry of this.#clients) if (entry[1].host === host && entry[1].connection === connection) return entry;
    return undefined;
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
    for (const [number, { listener }] of this.#clients) {
      listener.demandAll();
      this.#leave(number, "the end");
    }
    this.#settle();
    const endMillis = this.#nowMillis + REST_MILLIS;
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
    return [...new Set([...one.keys(), ...other.keys()])].filter((client) => one.get(client) !== other.get(client));
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
      if (store.scan(undefined, Infinity).rows.length !== server.status().clients)
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
