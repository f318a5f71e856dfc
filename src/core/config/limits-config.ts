// `limits` of `herd.config.json`: how much a server takes from its clients. Each limit says what it protects. Keeps HD1.

import * as z from "zod";

import { count, seconds, storageBytes } from "./setting-types.ts";

/** An origin as browsers send it: in lower case, without a path, without the scheme's own port. */
const ORIGIN = /^(?!https:.*:443$)(?!http:.*:80$)[a-z][a-z0-9+.-]*:\/\/[^\sA-Z/?#@*]+$/;

/** A host as a browser names it, without a port. */
const HOST = /^(?:[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?|\[[0-9a-f:.]+\])$/;

export const limitsSchema = z.strictObject({
  lineBytes: count(64, 65_536)
    .default(1024)
    .describe("Longest line of a client. An IAMAT with the longest fields takes 360 bytes."),
  messageBytes: count(1024, 33_554_432)
    .default(65_536)
    .describe("Longest WebSocket message or POST body. One client must not fill the 128 MB of an object."),
  commitMillis: count(0, 10_000)
    .default(0)
    .describe(
      "How long the commit of an IAMAT waits for others, in milliseconds: they share a row written, and the answer is so much later. 0 waits for none.",
    ),
  futureSeconds: count(0)
    .default(3600)
    .describe("How far ahead a claimed time may be. Without this, one bad clock freezes its client on every server."),
  pastSeconds: count(0)
    .default(2_592_000)
    .describe(
      "How far behind a claimed time may be on a connection with `?clock=server`, before the server's own time takes its place. Phones buffer the reports of a journey for days; a clock that is wrong by a GPS week rollover is 19.6 years behind.",
    ),
  keepSeconds: count(0, 10_000_000_000)
    .default(0)
    .describe(
      "How long a client's report is known after it was heard, in seconds; 0 for ever. The same for all servers. Where somebody was is nobody's business for longer than is needed; what is past it is erased (`storage.eraseSeconds`).",
    ),
  bufferedBytes: count(65_536)
    .default(1_048_576)
    .describe(
      "Answers of one connection that wait: for the client to read them, or for an answer before them. A client with more is dropped, or it would fill the memory.",
    ),
  bufferedBytesOfAll: count(1_048_576)
    .default(16_777_216)
    .describe(
      "Answers that wait, of all connections together: for their clients to read them, or for an answer before them. Above this limit those with the most are dropped, and no places are asked for. An object has 128 MB.",
    ),
  logEntries: count(1).default(1000).describe("Log entries that a server keeps in memory to show."),
  logFileBytes: count(65_536)
    .default(67_108_864)
    .describe(
      "Longest log file of a server that `npm start` runs. The next entry begins another one: a file without end fills the disk.",
    ),
  logFiles: count(1, 10_000)
    .default(16)
    .describe(
      "Log files of a server that stay, of all starts together; the oldest go. 16 of the longest take 1 GiB a server.",
    ),
  connections: count(1)
    .max(32_000)
    .default(10_000)
    .describe(
      "Connections of clients to one server, with POSTs and followers of its log. The platform takes 32,768 WebSockets for one object.",
    ),
  connectionsPerAddress: count(1)
    .default(200)
    .describe(
      "Connections of one IP address (IPv6: one /64) to one server. One machine must not take every place, but a school or a phone network shares one address. One more takes the place of the one that was silent for longest. No limit by address holds for the herd's own machine.",
    ),
  commandsPerSecond: count(0)
    .default(100)
    .describe("Lines that a connection may send in each second, 0 for any number. A client that moves sends one."),
  commandsBurst: count(1)
    .default(1000)
    .describe("Lines that a connection may send at once: those that a vehicle gathered in a tunnel."),
  addressCommandsPerSecond: count(0)
    .default(1000)
    .describe(
      "Lines that all connections and POSTs of one address may send in each second, 0 for any number. A server takes about 50,000 from all clients together.",
    ),
  addressCommandsBurst: count(1)
    .default(10_000)
    .describe("Lines that all connections and POSTs of one address may send at once."),
  addressRequestsPerSecond: count(0)
    .default(200)
    .describe(
      "Requests of one address in a second, at each place where Cloudflare runs the Worker, 0 for any number: connections, pages, statuses. One that asks every server counts as one for each. POSTs of lines have `addressCommandsPerSecond`.",
    ),
  addressRequestsBurst: count(1)
    .default(2000)
    .describe("Requests of one address at once: a school whose connections all come back."),
  whatsatsPerMinute: count(0)
    .default(60)
    .describe(
      "WHATSATs of one connection in a minute, 0 for any number. Each may be a request that costs money. All connections and POSTs of one token's subject count as one connection, and so do all POSTs of one address without a token.",
    ),
  addressWhatsatsPerMinute: count(0)
    .default(600)
    .describe(
      "WHATSATs of all connections and POSTs of one address in a minute, 0 for any number. A school or a phone network shares one address, but one machine must not spend a day's budget of a provider.",
    ),
  addressNewClientsPerMinute: count(0)
    .default(60)
    .describe(
      "Clients that the server does not know, in reports of one address in a minute, 0 for any number. Without this, one machine with invented ids takes all of `clients` in an hour and a half.",
    ),
  addressNewClientsBurst: count(1)
    .default(10_000)
    .describe("Unknown clients that one address may bring at once: a fleet that is brought in."),
  addressesOfNetwork: count(1)
    .default(4)
    .describe(
      "How many times what an address may have an IPv6 /56 may have, and a /48 as many times as much again: in connections, lines, WHATSATs, new clients and told bytes. Who rents a machine often gets a whole /56 or /48; a phone has one address of a network that others use.",
    ),
  watches: count(0, 32)
    .default(32)
    .describe(
      "Clients that one connection may watch at once; `*` counts as one. A hibernating WebSocket remembers them in the platform's 16 KB. 32 of the longest ids fit there beside the longest token.",
    ),
  watchPerSecond: count(0)
    .default(10)
    .describe(
      "AT lines about one client that a watcher gets in a second, 0 for any number. A map cannot show more, and a client that sends a thousand must not cost each watcher a thousand.",
    ),
  silenceSecondsMax: count(1, 2_073_600)
    .default(604_800)
    .describe(
      "Longest silence of a client that a watch may ask to be told of, in seconds. A week by default, and at most 24 days, as long as a timer can wait.",
    ),
  watchesOfAll: count(0)
    .default(50_000)
    .describe("Watches of all connections together. Each takes 400 to 900 bytes of the server's memory."),
  watchWaiting: count(0)
    .default(50_000)
    .describe(
      "AT lines that wait for slow watchers, of all connections together, about 300 bytes each. Above this limit the watchers with the most waiting lines are closed.",
    ),
  addressToldBytesPerSecond: count(0)
    .default(2_097_152)
    .describe(
      "Bytes that the watches of one address are told in a second, 0 for any number. What is above waits, the newest of each client. Without this, hundreds of `WATCH *` of one machine slow everybody down.",
    ),
  watchStallSeconds: seconds
    .default(60)
    .describe("A watcher that reads none of its waiting lines for so long is closed: it would keep the server awake."),
  reportsPage: count(1, 10_000)
    .default(500)
    .describe("Reports on one page. A page is one read of the table, and other work waits for it."),
  clients: count(1)
    .default(5_000_000)
    .describe(
      "Clients that a server knows before it refuses new ones: invented ids could fill its storage. 5,000,000 fit in the 10 GB of an object even with the longest ids. A neighbour's reports are taken above the limit, or servers would differ.",
    ),
  storageBytes: storageBytes
    .default(8_000_000_000)
    .describe(
      "Bytes that a server stores before it refuses new clients; those that it knows go on. An object holds 10 GB, and what neighbours bring needs the rest.",
    ),
  storageBytesMax: storageBytes
    .default(9_500_000_000)
    .describe(
      "Bytes that a server stores before it takes nothing more, not even from neighbours: it then only reads. A write above the 10 GB of an object would end it.",
    ),
  storageTrySeconds: seconds
    .default(10)
    .describe(
      "After a write that the storage refused, so often a server tries whether it takes writes again. Meanwhile the server only reads.",
    ),
  healthSeconds: seconds
    .default(10)
    .describe(
      "A commit so recent shows `/health` that a server can store. Otherwise `/health` makes one: a row written, at most so often.",
    ),
  handshakeSeconds: count(1)
    .default(60)
    .describe(
      "Time in which a TCP client has to finish a line, after it connected or began the line. Without this, a byte now and then holds a place. A person who types needs some time.",
    ),
  idleConnectionSeconds: count(0)
    .default(0)
    .describe(
      "A client's connection that is silent for so long is closed; 0 for never. An idle WebSocket hibernates and costs nothing. With a time set, the server stays awake until that time is over.",
    ),
  origins: z
    .array(z.union([z.literal("*"), z.string().regex(ORIGIN, "an origin is https://host or https://host:port, or *")]))
    .default([])
    .describe(
      'Origins of pages that may use the herd in a browser, beside its own; "*" for any. Without this list, any page that a person visits could use a herd in that person\'s network.',
    ),
  hosts: z
    .array(
      z.union([
        z.literal("*"),
        z.string().regex(HOST, "a host is a name such as herd.example, in lower case and without a port, or *"),
      ]),
    )
    .default([])
    .describe(
      'Hosts at which a herd on somebody\'s own machine answers, beside localhost, 127.0.0.1 and [::1]: the names that a proxy before it has; "*" for any. Without this list, a page whose name is made to lead to that machine could read everything. A deployed herd answers wherever Cloudflare leads to it.',
    ),
});
