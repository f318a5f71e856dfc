// `limits` of `herd.config.json`: how much of everything a server takes from its clients, each limit with its reason.

import * as z from "zod";

import { count, seconds } from "./setting-types.ts";

/** As browsers send it: in lower case, without path, without the scheme's own port. */
const ORIGIN = /^(?!https:.*:443$)(?!http:.*:80$)[a-z][a-z0-9+.-]*:\/\/[^\sA-Z/?#@*]+$/;

export const limitsSchema = z.strictObject({
  lineBytes: count(64, 65_536)
    .default(1024)
    .describe("A client's line at most. An IAMAT with the longest fields takes 360 bytes."),
  messageBytes: count(1024, 33_554_432)
    .default(65_536)
    .describe("A WebSocket message or a POST body at most: one client must not fill an object's 128 MB."),
  futureSeconds: count(0)
    .default(3600)
    .describe("How far a claimed time may lie ahead: without this, one bad clock freezes its client on every server."),
  bufferedBytes: count(65_536)
    .default(1_048_576)
    .describe(
      "Answers that wait for a client to read them: one that reads slower is dropped, or it would fill the memory.",
    ),
  logEntries: count(1).default(1000).describe("Log lines that a server keeps in memory to show."),
  connections: count(1)
    .max(32_000)
    .default(10_000)
    .describe(
      "Connections of clients to a server, POSTs and followers of its log included. The platform takes 32,768 WebSockets an object.",
    ),
  connectionsPerAddress: count(1)
    .default(200)
    .describe(
      "Connections of one IP address (IPv6: one /64) to a server: one machine must not take every place, but a school or a phone network stands behind one address. As all limits by address, not for the herd's own machine.",
    ),
  commandsPerSecond: count(0)
    .default(100)
    .describe("Lines a second that a connection may go on sending, 0 for any number: a client that moves sends one."),
  commandsBurst: count(1)
    .default(1000)
    .describe("Lines that a connection may send at once: what a vehicle gathered in a tunnel."),
  addressCommandsPerSecond: count(0)
    .default(1000)
    .describe(
      "Lines a second that all connections and POSTs of one address may go on sending, 0 for any number: a server takes some 50,000 a second of everybody.",
    ),
  addressCommandsBurst: count(1)
    .default(10_000)
    .describe("Lines that all connections and POSTs of one address may send at once."),
  whatsatsPerMinute: count(0)
    .default(60)
    .describe("WHATSATs a minute that a connection may ask, 0 for any number: each may be a request that is paid for."),
  watches: count(0, 32)
    .default(32)
    .describe(
      "Clients that a connection may watch at once, `*` counted as one: a hibernating WebSocket remembers them, where the platform has 16 KB, in which 32 of the longest ids fit beside the longest token.",
    ),
  watchPerSecond: count(0)
    .default(10)
    .describe(
      "AT lines a second that a watcher is told of one client, 0 for any number: more than a map can show, and a client that sends a thousand must not cost each watcher a thousand.",
    ),
  watchesOfAll: count(0)
    .default(50_000)
    .describe(
      "Watches of all connections together: each takes 400 to 900 bytes of the server's memory, while it is in memory.",
    ),
  watchWaiting: count(0)
    .default(50_000)
    .describe(
      "AT lines that wait for watchers who read slowly, of all connections together, at some 300 bytes each. Above it those who have most waiting are closed.",
    ),
  watchStallSeconds: seconds
    .default(60)
    .describe("A watcher who takes nothing of what waits for so long is closed: it would keep the server awake."),
  reportsPage: count(1, 10_000)
    .default(500)
    .describe("Reports on one page of those held: a page is one read of the table, which others wait for."),
  clients: count(1)
    .default(5_000_000)
    .describe(
      "Clients that a server holds before it refuses new ones: 5,000,000 fit in the 10 GB of an object even with the longest ids, and invented ones could fill it. Reports of neighbours are taken above it, or servers would differ.",
    ),
  handshakeSeconds: count(1)
    .default(60)
    .describe(
      "Time that a TCP client has to finish a line, from when it connected or began it: whoever sends a byte now and then holds a place. A person who types needs some.",
    ),
  idleConnectionSeconds: count(0)
    .default(0)
    .describe(
      "Silence after which a client's connection is closed; 0 for never: an idle WebSocket hibernates and costs nothing, and with a time set the server stays awake until it is over.",
    ),
  origins: z
    .array(z.union([z.literal("*"), z.string().regex(ORIGIN)], "an origin is https://host or https://host:port, or *"))
    .default([])
    .describe(
      'Origins whose pages may use the herd in a browser, beside its own; "*" for any: else every page that somebody visits could speak to a herd in his network.',
    ),
});
