// The Durable Object: one server of the herd. It turns messages into events, and effects into messages.
//
// Nothing here knows what a line means. What arrives becomes an event for the core's turn loop. What a turn sends leaves
// after its commit: the platform's output gate holds it until the writes are confirmed (RP7).
//
// Facts, 2026-11-22: `webSocketClose` must itself close the socket, or the client waits 10 s for 1006; handlers of one
// socket interleave across `await`, so none of them awaits.

import { DurableObject } from "cloudflare:workers";
import { ConnectionLimits, type ConnectionRefusal } from "../../core/access/connection-limits.ts";
import type { Effect, ResumedConnection, ConnectionContext } from "../../core/contract/events.ts";
import {
  TRANSPORTS,
  type ConnectionId,
  type ConnectionOptions,
  type TransportKind,
  type TransportTraits,
} from "../../core/protocol/connection.ts";
import { GAVE_WAY, READS_TOO_SLOWLY } from "../../core/contract/close-reason.ts";
import type { HerdConfig } from "../../core/config/herd-config.ts";
import { countedSecret } from "../../core/config/secrets.ts";
import { HerdServer } from "../../core/server/herd-server.ts";
import { TurnLoop, type LoopWorld } from "../../core/server/turn-loop.ts";
import type { Permissions } from "../../core/access/permissions.ts";
import type { PlacesQuery } from "../../core/protocol/places.ts";
import type { StorageState } from "../../core/contract/status.ts";
import { PagedReportStore } from "../../core/storage/paged-report-store.ts";
import type { AgedReportsPage } from "../../core/store/reports-page.ts";
import { nearbyFromChain } from "../../places/chain.ts";
import type { PlacesProvider } from "../../places/port/provider.ts";
import { attach, attachmentOf } from "../transport/attachment.ts";
import { addressHandedOn, countedAddress, hostOf } from "../transport/client-address.ts";
import { permissionsIn } from "../transport/client-request.ts";
import { connectionOptionsOf, isInvalidOption } from "../transport/connection-options.ts";
import { CLOSE_CODES } from "../transport/close-codes.ts";
import { DialledSocket } from "../transport/dialled-socket.ts";
import type { Env } from "../env/env.ts";
import type { DataCentre, PostAnswer, ServerObjectStatus, ServerRpc, StorageProblem } from "../env/server-rpc.ts";
import { FEED_PATH, feedRequest, helloOf, peerRequest } from "../transport/feed-request.ts";
import { herdConfig, isElsewhere, serverNamed, serverStub } from "../env/herd.ts";
import { herdPlaces } from "./herd-places.ts";
import { overCapacity } from "../respond/over-capacity.ts";
import { secretTroubles } from "../auth/secret-trouble.ts";
import { isLocal, opennessEntry } from "../auth/openness.ts";
import { PostTransport } from "../transport/post-transport.ts";
import { outOfServiceProblem } from "../respond/out-of-service.ts";
import { ServerLog, sinceOf } from "./server-log.ts";
import { migrate } from "../storage/store-layout.ts";
import { SqlRows } from "../storage/sql-rows.ts";
import { Writes } from "../storage/writes.ts";
import { tryStorage } from "./storage-trial.ts";
import { TcpTransport } from "../transport/tcp-transport.ts";
import type { Transport } from "../transport/transport.ts";
import { closeSocket, WebSocketTransport } from "../transport/websocket-transport.ts";
import { findDataCentre } from "./data-centre.ts";

/** A socket that a client opened, or a neighbour for its feed. */
interface Accepted {
  readonly connection: ConnectionId;
  readonly isFeed: boolean;
}

export class ServerObject extends DurableObject<Env> implements ServerRpc {
  readonly #config: HerdConfig;
  readonly #log: ServerLog;
  readonly #places: readonly PlacesProvider[];
  readonly #writes: Writes;
  readonly #rows: SqlRows;
  readonly #store: PagedReportStore;
  readonly #transports = new Map<ConnectionId, Transport>();
  /** The accepted sockets, without those of followers of the log. */
  readonly #sockets = new Map<WebSocket, Accepted>();
  /** Connections of clients and followers of the log. */
  readonly #limits: ConnectionLimits<ConnectionId | WebSocket>;
  /** It is set before the first event: the constructor holds events back until then. */
  #server!: HerdServer;
  #loop!: TurnLoop;
  /** Settles when the storage takes writes, if it refused one before. */
  readonly #writable = Promise.withResolvers<void>();
  #messagesReceived = 0;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#config = herdConfig(env);
    this.#limits = new ConnectionLimits(this.#config.limits);
    const name = ctx.id.name;
    if (name === undefined) throw new Error("Cannot start a server without a name: address its object by name");
    this.#log = new ServerLog({ server: name, limits: this.#config.limits, printsTogether: isLocal(env) });
    migrate(ctx.storage);
    this.#writes = new Writes(ctx.storage, ctx.id.toString());
    this.#places = herdPlaces(env, this.#config, ctx.storage.sql, this.#writes);
    this.#rows = new SqlRows(ctx.storage, this.#writes);
    this.#store = new PagedReportStore(this.#rows, this.#config);
    void ctx.blockConcurrencyWhile(async () => {
      const alarmAtMillis = (await ctx.storage.getAlarm()) ?? undefined;
      if (this.#writes.isSuspect) this.#writes.judge(await tryStorage(ctx));
      this.#server = new HerdServer({
        name,
        config: this.#config,
        store: this.#store,
        logLevel: env.LOG_LEVEL === "lines" ? "lines" : "events",
        alarmAtMillis,
        refusedWrite: this.#writes.refused,
        resumed: this.#resume(),
        random: Math.random,
        bufferedBytes: (connection) => this.#transports.get(connection)?.bufferedBytes ?? 0,
      });
      this.#loop = new TurnLoop(this.#server, this.#loopWorld());
      this.#loop.turnNow();
      for (const entry of [opennessEntry(env), ...secretTroubles(env)])
        if (entry !== undefined) this.#log.write(entry, Date.now());
    });
  }

  /** Upgrades to a client's connection, a neighbour's feed, or the live log. The router has checked the address. */
  override fetch(request: Request): Response {
    if (this.#loop.isOver) return new Response("The server is starting again\n", { status: 503 });
    const url = new URL(request.url);
    if (this.#server.isDrained && url.pathname !== "/log") return outOfServiceProblem(this.#server.name);
    const { 0: near, 1: far } = new WebSocketPair();
    if (url.pathname === FEED_PATH) {
      const hello = helloOf(url);
      if (hello === undefined) return new Response("Cannot take a feed without a hello\n", { status: 400 });
      const connection = this.#accept(far, (id) => ({ type: "neighbour", connection: id, hello }));
      this.#loop.hear({ type: "dialled by", connection, hello });
      return new Response(null, { status: 101, webSocket: near });
    }
    const address = addressHandedOn(request);
    const refusal = this.#refusalOf(url.pathname === "/log" ? "log" : "websocket", address);
    if (refusal !== undefined) return overCapacity(refusal);
    if (url.pathname === "/log") {
      this.ctx.acceptWebSocket(far);
      const endMillis = permissionsIn(request)?.expiresAtMillis;
      attach(far, { type: "log", endMillis, address });
      this.#limits.enter(far, address);
      this.#log.follow(far, endMillis, sinceOf(request.url));
    } else {
      const options = connectionOptionsOf(request.url);
      const permissions = permissionsIn(request);
      // The Worker has refused an invalid one.
      const context = { ...(!isInvalidOption(options) && options), permissions, address };
      const connection = this.#accept(far, (id) => ({ type: "client", connection: id, ...context }));
      this.#enter(connection, TRANSPORTS.websocket, context);
    }
    return new Response(null, { status: 101, webSocket: near });
  }

  noteRefusal(via: TransportKind, reason: string): void {
    this.#log.write({ event: "connection refused", via, reason }, Date.now());
  }

  /** Answers lines; `undefined` if the server is out of service. Rejects if the lines are longer than a message may be. */
  async answer(
    lines: Uint8Array,
    options: ConnectionOptions,
    permissions: Permissions | undefined,
    clientAddress = "",
  ): Promise<PostAnswer | undefined> {
    if (this.#server.isDrained) return undefined;
    const address = countedAddress(clientAddress);
    const refusal = this.#refusalOf("post", address);
    if (refusal !== undefined) return { refusal };
    const transport = new PostTransport();
    const connection = this.#open(transport);
    const receivedMillis = Date.now();
    this.#enter(connection, TRANSPORTS.post, { ...options, permissions, address });
    this.#loop.hear(
      { type: "message", connection, data: lines, receivedMillis },
      { type: "input ended", connection, receivedMillis },
    );
    return transport.answered;
  }

  /** A TCP line connection. It is open as long as one of its two directions is. */
  override async connect(socket: Socket): Promise<void> {
    const { localAddress = "" } = await socket.opened;
    const address = countedAddress(hostOf(localAddress));
    if (this.#refusalOf("tcp", address) !== undefined) return socket.close();
    const transport = new TcpTransport(socket);
    const connection = this.#open(transport);
    this.#enter(connection, TRANSPORTS.tcp, { address });
    try {
      for (let data = await transport.read(); data !== undefined; data = await transport.read()) {
        this.#limits.heard(connection);
        this.#loop.hear({ type: "chunk", connection, data, receivedMillis: Date.now() });
      }
      this.#loop.hear({ type: "input ended", connection, receivedMillis: Date.now() });
    } catch {
      // Fact, 2026-11-22: the writing half does not learn of this, and waiting for its end keeps this object awake.
      return this.#lose(connection, "broken off");
    }
    await transport.closed;
  }

  /** A page of the reports that the server holds; `undefined` if it is out of service. */
  reports(
    after: string | undefined,
    count: number,
    clientAddress = "",
  ): AgedReportsPage | { readonly refusal: ConnectionRefusal } | undefined {
    if (this.#server.isDrained) return undefined;
    const page = this.#server.reportsPage(after, count, countedAddress(clientAddress), Date.now());
    return page ?? { refusal: { status: 429, title: "Too many pages of reports for one address" } };
  }

  status(): ServerObjectStatus {
    const places = this.#places.map((provider) => {
      const { name, terms } = provider;
      return { name, ...provider.standing?.(), terms };
    });
    this.#loop.hear({ type: "digest asked" });
    const { written: rowsWritten } = this.#rows;
    const storageBytes = this.ctx.storage.sql.databaseSize;
    const cost = { rowsWritten, messagesReceived: this.#messagesReceived, storageBytes };
    return {
      ...this.#server.status(Date.now()),
      places,
      cost,
      commitsFailed: this.#writes.failed,
      nowMillis: Date.now(),
    };
  }

  isDrained(): boolean {
    return this.#server.isDrained;
  }

  /** What the server stores of what comes. A commit shows that it can, unless one did a short time ago (HD40). */
  health(): StorageState {
    const { isDrained, takesReports } = this.#server;
    const sinceMillis = Date.now() - this.#writes.confirmedMillis;
    const isShown = sinceMillis >= 0 && sinceMillis < this.#config.limits.healthSeconds * 1000;
    const isToBeShown = takesReports && !isDrained && !isShown;
    if (isToBeShown && !this.#loop.turnNow({ type: "commit asked" }))
      throw new Error("Cannot make a commit: the server starts again");
    return this.#server.storageState;
  }

  /** Takes the server out of service, or brings it back. The answer comes when that is durable. */
  setDrained(isDrained: boolean): StorageProblem | undefined {
    if (!this.#server.takesWrites) return this.#takesNoWrites();
    if (!this.#loop.turnNow({ type: isDrained ? "drained" : "resumed" }))
      throw new Error("Cannot change the service: the turn failed");
    return undefined;
  }

  /** Where this object runs; `undefined` if that is not known. */
  dataCentre(): Promise<DataCentre | undefined> {
    return findDataCentre(this.#config.traceUrl);
  }

  /** Begins a new epoch, which is necessary on restored storage (CU9), and returns it. */
  beginEpoch(): string | StorageProblem {
    if (!this.#server.takesWrites) return this.#takesNoWrites();
    if (!this.#loop.turnNow({ type: "storage restored" })) throw new Error("Cannot begin an epoch: the turn failed");
    return this.#server.status().epoch;
  }

  /**
   * Restarts the object from the storage of that time (POSIX milliseconds), at most 30 days ago. After that, a new epoch has to
   * begin. Fact, 2026-11-22: only deployed objects can do this.
   */
  async restoreTo(millis: number): Promise<void> {
    const bookmark = await this.ctx.storage.getBookmarkForTime(millis);
    await this.ctx.storage.onNextSessionRestoreBookmark(bookmark);
    this.#writes.forget();
    this.#end("the storage is restored");
  }

  recentLog(since?: string): string {
    return this.#log.recent(since);
  }

  override webSocketMessage(socket: WebSocket, message: string | ArrayBuffer): void {
    const accepted = this.#sockets.get(socket);
    // A follower of the log has nothing to say.
    if (accepted === undefined) return;
    const { connection, isFeed } = accepted;
    const data = typeof message === "string" ? message : new Uint8Array(message);
    if (isFeed) this.#hearFrame(connection, data);
    else this.#hearMessage(connection, data);
  }

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeSocket(socket, code, reason);
    this.#drop(socket, `closed with ${code}${reason === "" ? "" : `: ${reason}`}`);
  }

  override webSocketError(socket: WebSocket): void {
    this.#drop(socket, "broken off");
  }

  override async alarm(): Promise<void> {
    // At once: the alarm counts as served when this returns, and rings again when this throws. Fact, 2026-11-27: the platform
    // removes a served alarm, and the object ends where that write is refused. The commit beside it tells the next life.
    if (!this.#loop.turnNow({ type: "alarm" }, { type: "commit asked" }))
      throw new Error("Cannot serve the alarm: the turn failed");
    // Fact, 2026-11-27: an alarm that throws does not end the object, but after seven tries none rings any more.
    if (!this.#server.takesWrites) await this.#writable.promise;
  }

  #resume(): ResumedConnection[] {
    const resumed: ResumedConnection[] = [];
    for (const socket of this.ctx.getWebSockets()) {
      // A socket that was closed before may still wait for its client to agree.
      if (socket.readyState !== WebSocket.OPEN) continue;
      const attachment = attachmentOf(socket);
      if (attachment.type === "log") {
        this.#log.follow(socket, attachment.endMillis);
        this.#limits.enter(socket, attachment.address);
      } else {
        if (attachment.type === "client") this.#limits.enter(attachment.connection, attachment.address);
        this.#transports.set(attachment.connection, new WebSocketTransport(socket));
        this.#sockets.set(socket, { connection: attachment.connection, isFeed: attachment.type === "neighbour" });
        resumed.push(attachment);
      }
    }
    return resumed;
  }

  /** Why the server takes no more connections from this address, which is then logged. One may give way before. */
  #refusalOf(via: TransportKind | "log", address: string | undefined): ConnectionRefusal | undefined {
    const silent = this.#limits.toGiveUp(address);
    if (silent !== undefined) this.#giveUp(silent);
    const refusal = this.#limits.refusalOf(address);
    if (refusal !== undefined) this.#log.write({ event: "connection refused", via, reason: refusal.title }, Date.now());
    return refusal;
  }

  #giveUp(silent: ConnectionId | WebSocket): void {
    if (typeof silent !== "number") {
      closeSocket(silent, CLOSE_CODES[GAVE_WAY.name], GAVE_WAY.text);
      return this.#drop(silent, GAVE_WAY.text);
    }
    this.#transports.get(silent)?.close(GAVE_WAY);
    this.#lose(silent, GAVE_WAY.text);
  }

  #enter(connection: ConnectionId, transport: TransportTraits, context: ConnectionContext): void {
    this.#limits.enter(connection, context.address, !transport.pushes);
    this.#loop.hear({ type: "connected", connection, transport, ...context });
  }

  #open(transport: Transport): ConnectionId {
    const connection = this.#server.newConnection();
    this.#transports.set(connection, transport);
    return connection;
  }

  #accept(socket: WebSocket, resumedAs: (connection: ConnectionId) => ResumedConnection): ConnectionId {
    this.ctx.acceptWebSocket(socket);
    const connection = this.#open(new WebSocketTransport(socket));
    const attachment = resumedAs(connection);
    this.#sockets.set(socket, { connection, isFeed: attachment.type === "neighbour" });
    attach(socket, attachment);
    return connection;
  }

  #drop(socket: WebSocket, reason: string): void {
    this.#log.unfollow(socket);
    this.#limits.leave(socket);
    const accepted = this.#sockets.get(socket);
    if (accepted === undefined) return;
    this.#sockets.delete(socket);
    this.#lose(accepted.connection, reason);
  }

  #lose(connection: ConnectionId, reason: string): void {
    this.#transports.delete(connection);
    this.#limits.leave(connection);
    this.#loop.hear({ type: "closed", connection, reason });
  }

  #loopWorld(): LoopWorld {
    let timer: number | null = null;
    return {
      now: Date.now,
      setTimer: (atMillis, ring) => {
        clearTimeout(timer);
        timer = setTimeout(ring, Math.max(0, atMillis - Date.now()));
      },
      clearTimer: () => clearTimeout(timer),
      // At once: the platform's output gate holds what leaves until the commit is confirmed.
      carryOut: (effects, nowMillis) => {
        for (const effect of effects) this.#carryOut(effect, nowMillis);
      },
      died: (error) => this.#die(error),
    };
  }

  #hearMessage(connection: ConnectionId, data: string | Uint8Array): void {
    this.#messagesReceived++;
    this.#limits.heard(connection);
    this.#loop.hear({ type: "message", connection, data, receivedMillis: Date.now() });
  }

  #hearFrame(connection: ConnectionId, data: string | Uint8Array): void {
    this.#messagesReceived++;
    this.#loop.hear({ type: "frame", connection, data });
  }

  #carryOut(effect: Effect, nowMillis: number): void {
    switch (effect.type) {
      case "send":
        return this.#send(effect.connection, effect.data);
      case "close":
        this.#transports.get(effect.connection)?.close(effect.reason);
        this.#transports.delete(effect.connection);
        this.#limits.leave(effect.connection);
        return;
      case "remember subscriptions":
        return this.#transports.get(effect.connection)?.rememberWatches?.(effect.watches);
      case "dial":
        return this.#dial(effect);
      case "ask places":
        return this.#askPlaces(effect.query, effect.request);
      case "try storage":
        return void this.#tryStorage();
      case "log":
        return this.#log.write(effect.entry, nowMillis);
      case "forget in log":
        return this.#log.forget(effect.clients);
      default:
        effect satisfies never;
    }
  }

  #send(connection: ConnectionId, data: string | Uint8Array): void {
    const transport = this.#transports.get(connection);
    if (transport === undefined) return;
    // Only what earlier turns left unread counts: one turn may have many answers, and they are not late yet.
    if (transport.bufferedBytes <= this.#config.limits.bufferedBytes) return transport.send(data);
    transport.close(READS_TOO_SLOWLY);
    this.#lose(connection, READS_TOO_SLOWLY.text);
  }

  #dial({ connection, neighbour, hello }: Extract<Effect, { type: "dial" }>): void {
    const server = serverNamed(this.env, neighbour);
    if (server === undefined) throw new Error(`Cannot dial ${neighbour}: the herd has no such server`);
    const answer = isElsewhere(server)
      ? fetch(peerRequest(server, hello, countedSecret(this.env.PEER_TOKEN)))
      : serverStub(this.env, server).fetch(feedRequest(hello));
    const transport = new DialledSocket(answer, {
      message: (data) => this.#hearFrame(connection, data),
      closed: (reason) => this.#lose(connection, reason),
    });
    this.#transports.set(connection, transport);
  }

  async #tryStorage(): Promise<void> {
    const problem = await tryStorage(this.ctx);
    const isTaken = this.#loop.turnNow({ type: "storage tried", problem });
    if (isTaken && this.#server.takesWrites) this.#writable.resolve();
  }

  #takesNoWrites(): StorageProblem {
    return { storageProblem: this.#server.storageProblem ?? "" };
  }

  #askPlaces(query: number, request: PlacesQuery): void {
    void nearbyFromChain(this.#places, request).then(({ provider, failures, answer }) =>
      this.#loop.hear({ type: "places answered", query, provider, failures, answer }),
    );
  }

  /**
   * A turn that threw kept nothing and answered nobody. The object restarts from its store (CU15). Fact, 2026-11-22: `abort`
   * drops what has not left yet, and clients would see 1006. The closes go first.
   */
  #die(error: unknown): void {
    console.error(`${this.ctx.id.name ?? "server"} starts again from its store:`, error);
    this.#end("the server starts again from its store");
  }

  #end(reason: string): void {
    this.#writes.end();
    this.#loop.end();
    for (const transport of this.#transports.values()) transport.close({ name: "server restarts", text: reason });
    this.#log.end(1011, reason);
    setTimeout(() => this.ctx.abort(reason), 0);
  }
}
