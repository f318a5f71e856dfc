// What `herd.config.json` may say: the servers and their neighbours, and every limit with its reason.
//
// This schema is the one place that names a setting. `scripts/build/build-schema.ts` writes the JSON Schema that editors use
// from it, so the descriptions below are what a person sees while typing.

import * as z from "zod";
import { authConfigSchema } from "./auth-config.ts";
import { locationProblem } from "../protocol/location.ts";
import { topologyProblems } from "./topology.ts";

/** Counts are bounded so that sums of them stay exact, times so that a timer can wait for them: 2^31 ms, 24 days. */
const count = (minimum: number, maximum = 1_000_000_000) => z.int().min(minimum).max(maximum);
const seconds = z.number().positive().max(86_400);
const webAddress = z.url({ protocol: /^https?$/ });

const server = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, "a name is a letter, then at most 63 letters, digits, _ or -")
    .describe("Names the server in lines, addresses and logs."),
  neighbours: z
    .array(z.string())
    .describe("The servers that it floods to. A link stands in the lists of both its ends."),
  tcpPort: z
    .int()
    .min(1)
    .max(65_535)
    .optional()
    .describe("Its port for TCP line connections; also a [[connect]] port in wrangler.toml."),
  url: webAddress
    .optional()
    .describe("Where it runs, if not in this deployment: another one's address. Feeds reach it there with PEER_TOKEN."),
  location: z
    .string()
    .refine((text) => locationProblem(text) === undefined, "a location is ±lat±lon in degrees, as in an IAMAT")
    .optional()
    .describe("Where on earth it is, ±lat±lon: clients that ask for the nearest server are led by it."),
  locationHint: z
    .enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"])
    .optional()
    .describe("Where Cloudflare is asked to place its Durable Object; only the first request to the object counts."),
});

/** As browsers send it: in lower case, without path, without the scheme's own port. */
const ORIGIN = /^(?!https:.*:443$)(?!http:.*:80$)[a-z][a-z0-9+.-]*:\/\/[^\sA-Z/?#@*]+$/;

const limits = z.strictObject({
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

const peers = z.strictObject({
  frameReports: count(1)
    .default(256)
    .describe("Reports in one frame at most: a frame is one commit's work at the receiver."),
  framesUnacknowledged: count(1)
    .default(4)
    .describe("Frames under way to a neighbour: bounds what a slow one makes us hold."),
  writeBehindSeconds: seconds
    .default(10)
    .describe(
      "How long a neighbour's report may be kept and passed on before it is durable here: a client that moves each second is then written every ten. A crash in that time costs sending it again.",
    ),
  writeBehindQuietSeconds: seconds
    .default(2)
    .describe("Quiet time after which it is made durable at once: more than the second in which many clients report."),
  writeBehindReports: count(0)
    .default(10_000)
    .describe("Reports so held at most, at some 400 bytes of memory each; 0 makes each durable in the turn it came."),
  recentReports: count(1)
    .default(10_000)
    .describe("Accepted reports kept in memory for the feeds; a neighbour further behind costs a scan of the table."),
  scanReports: count(1)
    .default(512)
    .describe("Rows that one step of a scan reads: other work waits no longer than that."),
  seqBlock: count(1).default(10_000).describe("Numbers reserved by one write: a start skips at most this many."),
  idleSeconds: seconds
    .default(5)
    .describe("Quiet time after which a link that is caught up closes, so that both ends can hibernate."),
  answerSeconds: seconds.default(10).describe("Time that a neighbour has to take a link or acknowledge a frame."),
  retrySecondsMin: seconds
    .default(0.5)
    .describe("First delay before a failed link is tried again; it doubles, with jitter."),
  retrySecondsMax: seconds
    .default(60)
    .describe("Longest delay: how late a neighbour that returned in silence is noticed."),
});

/** The fields of a place that the herd can show. Google bills a search by the dearest that it is asked for. */
const googleField = z.enum([
  // Pro
  "id",
  "displayName",
  "location",
  "viewport",
  "types",
  "shortFormattedAddress",
  "formattedAddress",
  "businessStatus",
  "plusCode",
  "photos",
  "iconMaskBaseUri",
  "iconBackgroundColor",
  "attributions",
  // Enterprise
  "rating",
  "userRatingCount",
  "priceLevel",
  "currentOpeningHours",
]);

type GoogleField = z.infer<typeof googleField>;

const NEEDED_FIELDS: readonly GoogleField[] = ["displayName", "location"];

const places = z.strictObject({
  providers: z
    .array(z.enum(["google", "google-legacy", "embedded"]))
    .default(["google", "google-legacy", "embedded"])
    .describe("Who is asked, in order. One without its key is left out; one that fails hands over to the next."),
  googleUrl: webAddress.default("https://places.googleapis.com").describe("Base address of Google's Places API (New)."),
  googleFields: z
    .array(googleField)
    .refine((fields) => NEEDED_FIELDS.every((field) => fields.includes(field)), "displayName and location are needed")
    .default(["id", "displayName", "location", "types", "shortFormattedAddress", "businessStatus", "attributions"])
    .describe(
      "What is asked of each place of Google's new API. These are billed as Pro; rating, userRatingCount, priceLevel or currentOpeningHours make every search an Enterprise one, which is dearer.",
    ),
  googleLegacyUrl: webAddress
    .default("https://maps.googleapis.com")
    .describe("Base address of Google's legacy Nearby Search."),
  timeoutSeconds: seconds
    .default(5)
    .describe("Time that a provider has to answer, waiting and retrying included, so that a WHATSAT never hangs."),
  answerBytes: count(65_536)
    .default(1_048_576)
    .describe("A provider's answer at most: twenty places are 20 to 40 KB, an endless answer would fill the memory."),
  retries: count(0).default(1).describe("Further tries of a request whose failure may mend itself at once."),
  retrySeconds: seconds.default(0.2).describe("Delay before such a try, about: it is random, so that tries spread."),
  circuitFailures: count(1)
    .default(5)
    .describe("Failures in a row after which a provider is left alone: nobody then waits for one that is down."),
  circuitSeconds: seconds.default(30).describe("How long it is left alone before one request tries it again."),
  requestsAtOnce: count(1)
    .default(6)
    .describe("Requests to a provider under way at most: the platform lets six wait for their headers at a time."),
  requestsWaiting: count(0)
    .default(100)
    .describe("Requests that wait for those at most; more are handed over to the next provider at once."),
  dailyRequests: count(0)
    .default(1000)
    .describe("Requests that a server sends to Google a day (UTC): at $32 a thousand, at most $32 a day and server."),
});

const nearest = z.strictObject({
  answerSeconds: seconds
    .default(2)
    .describe(
      "Time that a server has to answer before the next nearest is asked: longer than any way around the earth and a start from the store take, shorter than a client's patience.",
    ),
  defaultServer: z
    .string()
    .optional()
    .describe("Who takes the clients of whom nobody knows where they are; without it, the first of the servers."),
});

/** The shape of `herd.config.json`. */
export const herdConfigSchema = z.strictObject({
  $schema: z.string().optional(),
  servers: z.array(server).min(1).describe("The herd."),
  unknown: z
    .enum(["ignore", "reject"])
    .default("ignore")
    .describe(
      "A WHATSAT about a client never heard of: ignored, as in the paper, or answered `? `. `?unknown=` overrides it.",
    ),
  auth: authConfigSchema
    .optional()
    .describe("Asks clients for signed tokens; without it the herd is open to all. docs/secure.md has the claims."),
  traceUrl: webAddress
    .default("https://www.cloudflare.com/cdn-cgi/trace")
    .describe(
      "Tells a server in which data centre of Cloudflare's it runs; asked by createservers, of a deployed herd.",
    ),
  limits: limits.prefault({}),
  peers: peers.prefault({}),
  places: places.prefault({}),
  nearest: nearest.prefault({}),
});

export type HerdConfig = z.infer<typeof herdConfigSchema>;
export type ServerConfig = HerdConfig["servers"][number];

/** Checks a whole configuration. Throws one error that lists every problem, each with the value that was found. */
export function parseHerdConfig(json: unknown): HerdConfig {
  const parsed = herdConfigSchema.safeParse(json, { reportInput: true });
  const problems = parsed.success
    ? [...topologyProblems(parsed.data.servers), ...nearestProblems(parsed.data)]
    : parsed.error.issues.map(describeIssue);
  if (!parsed.success || problems.length > 0)
    throw new Error(`Cannot use herd.config.json:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  return parsed.data;
}

/** Settings that had another name once: whoever still has the old one is told the new one. */
const RENAMED: Readonly<Record<string, string>> = {
  "peers.holdSeconds": "peers.writeBehindSeconds",
  "peers.holdQuietSeconds": "peers.writeBehindQuietSeconds",
  "peers.holdReports": "peers.writeBehindReports",
};

function describeIssue(issue: z.core.$ZodIssue): string {
  const path = issue.path.join(".");
  const renamed = issue.code !== "unrecognized_keys" ? [] : issue.keys.map((key) => [key, RENAMED[`${path}.${key}`]]);
  const hints = renamed.map(([key, now]) => (now === undefined ? "" : `; ${key} is now called ${now}`));
  const problem = `${path || "(top)"}: ${issue.message}${hints.join("")}`;
  // Its value would be everything around the key, and the key may be a secret that somebody put into the wrong file.
  if (issue.code === "unrecognized_keys") return problem;
  return `${problem}: current value is ${JSON.stringify(issue.input)}`;
}

function nearestProblems({ servers, nearest: { defaultServer } }: HerdConfig): string[] {
  if (defaultServer === undefined || servers.some(({ name }) => name === defaultServer)) return [];
  return [`nearest.defaultServer: no server has that name: current value is ${JSON.stringify(defaultServer)}`];
}
