// What stays in memory of messages that have been dealt with. Counted in Node's own V8, after a full collection.

import { TRANSPORTS } from "../../../src/core/protocol/connection.ts";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

import { describe, expect, test } from "vitest";

import type { HerdEvent } from "../../../src/core/contract/events.ts";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { HerdServer } from "../../../src/core/server/herd-server.ts";
import { MemoryReportStore } from "../../support/memory-report-store.ts";

setFlagsFromString("--expose-gc");
const collect: unknown = runInNewContext("gc");

const MESSAGES = 300;

/** Bytes that a message may leave behind; each has 60,000. */
const BYTES_MAX = 5000;

/** Times of so many digits that V8 cuts rather than copies them. */
const FAR = 10 ** 12;

const herd = parseHerdConfig({
  servers: [
    { name: "Alford", neighbours: ["Bolden"] },
    { name: "Bolden", neighbours: ["Alford"] },
  ],
});

class Server {
  readonly #server: HerdServer;
  /** Far ahead, as are the times of the reports. */
  #nowMillis = FAR * 1000;

  /** `bufferedBytes`: what waits unread on each connection. */
  constructor(bufferedBytes = () => 0) {
    this.#server = new HerdServer({
      name: "Alford",
      config: herd,
      store: new MemoryReportStore(),
      logLevel: "events",
      alarmAtMillis: undefined,
      resumed: [],
      random: () => 0.5,
      bufferedBytes,
    });
  }

  connection(event: (connection: number) => HerdEvent): number {
    const connection = this.#server.newConnection();
    this.#server.turn(++this.#nowMillis, [event(connection)]);
    return connection;
  }

  /** As it comes off a socket: a flat text, which nobody else holds. */
  hears(connection: number, text: string): void {
    const data = Buffer.from(text).toString();
    const receivedMillis = ++this.#nowMillis;
    this.#server.turn(receivedMillis, [{ type: "message", connection, data, receivedMillis }]);
  }

  hearsFrame(connection: number, text: string): void {
    const data = Buffer.from(text).toString();
    this.#server.turn(++this.#nowMillis, [{ type: "frame", connection, data }]);
  }

  get clients(): number {
    return this.#server.status().clients;
  }

  get watches(): number {
    return this.#server.status().watches;
  }
}

function heapBytes(): number {
  if (typeof collect !== "function") throw new Error("Cannot collect garbage: V8 did not expose its gc");
  collect();
  return process.memoryUsage().heapUsed;
}

/** Bytes that a message left behind, where each brings one line to remember. */
function bytesLeft(
  server: Server,
  connection: number,
  message: (n: number) => string,
  hear: "hears" | "hearsFrame" = "hears",
): number {
  const before = heapBytes();
  for (let n = 0; n < MESSAGES; n++) server[hear](connection, message(n));
  return (heapBytes() - before) / MESSAGES;
}

const asClient = (connection: number): HerdEvent => ({
  type: "connected",
  connection,
  transport: TRANSPORTS.websocket,
  unknown: undefined,
});

const at = (client: string, n: number) =>
  `AT Bolden +1.000000000 ${client} +34.068930-118.445127 ${FAR + n}.000000001\n`;

const padded = (line: string) => `${line}\n${`${" ".repeat(999)}\n`.repeat(60)}`;

describe("a message that brought one line to remember is let go", () => {
  test("[LI12] where a client reports", () => {
    const server = new Server();
    const connection = server.connection(asClient);
    const bytes = bytesLeft(server, connection, (n) =>
      padded(`IAMAT client-${n}.example.org +34.0-118.4 ${n}.123456789`),
    );
    expect(server.clients).toBe(MESSAGES);
    expect(bytes).toBeLessThan(BYTES_MAX);
  });

  test("[LI12] where a neighbour reports, and what it says is held back", () => {
    const server = new Server();
    const hello = { version: 1, name: "Bolden", epoch: "epoch", incarnation: "run", features: [] } as const;
    const connection = server.connection((link) => ({ type: "dialled by", connection: link, hello }));
    const bytes = bytesLeft(
      server,
      connection,
      (n) => `${at("hot.example.org", n).repeat(400)}${at(`client-${n}.example.org`, n)}SEQ epoch ${n} ${n + 1}\n`,
      "hearsFrame",
    );
    expect(server.clients).toBe(MESSAGES + 1);
    expect(bytes).toBeLessThan(BYTES_MAX);
  });

  test("[LI12] where a client is watched", () => {
    const server = new Server();
    const bytes = bytesLeft(server, 0, (n) => {
      const connection = server.connection(asClient);
      server.hears(connection, padded(`WATCH client-${n}.example.org`));
      return "";
    });
    expect(server.watches).toBe(MESSAGES);
    expect(bytes).toBeLessThan(BYTES_MAX);
  });

  test("[LI12] [WT5] where what was reported waits for a watcher who reads nothing", () => {
    const server = new Server(() => 2 ** 19);
    server.hears(server.connection(asClient), "WATCH *");
    const connection = server.connection(asClient);
    const bytes = bytesLeft(server, connection, (n) => padded(`IAMAT client-${n}.example.org +34.0-118.4 ${n}`));
    expect(server.clients).toBe(MESSAGES);
    expect(bytes).toBeLessThan(BYTES_MAX);
  });

  test("[LI12] where a refused line waits for its turn to be answered", () => {
    const server = new Server();
    const connection = server.connection(asClient);
    server.hears(connection, "IAMAT kiwi +34.0-118.4 1\nWHATSAT kiwi 10 5\n");
    const bytes = bytesLeft(server, connection, (n) => padded(`HELLO number ${n} of many`));
    expect(server.clients).toBe(1);
    expect(bytes).toBeLessThan(BYTES_MAX);
  });
});
