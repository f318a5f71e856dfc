// What `herd.config.json` may say: the servers and their neighbours, and every limit with its reason.
//
// This schema is the one place that names a setting. `scripts/build-schema.ts` writes the JSON Schema that editors use
// from it, so the descriptions below are what a person sees while typing.

import * as z from "zod";
import { topologyProblems } from "./topology.ts";

const count = (minimum: number) => z.int().min(minimum);
const seconds = z.number().positive();

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
  url: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe("Where it runs, if not in this deployment: another one's address. Feeds reach it there with PEER_TOKEN."),
  locationHint: z
    .enum(["wnam", "enam", "sam", "weur", "eeur", "apac", "apac-ne", "apac-se", "oc", "afr", "me"])
    .optional()
    .describe("Where Cloudflare is asked to place its Durable Object; only the first request to the object counts."),
});

const limits = z.strictObject({
  lineBytes: count(64)
    .default(1024)
    .describe("A client's line at most. An IAMAT with the longest fields takes 360 bytes."),
  messageBytes: count(1024)
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
});

const peers = z.strictObject({
  frameReports: count(1)
    .default(256)
    .describe("Reports in one frame at most: a frame is one commit's work at the receiver."),
  framesUnacknowledged: count(1)
    .default(4)
    .describe("Frames under way to a neighbour: bounds what a slow one makes us hold."),
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

const places = z.strictObject({
  providers: z
    .array(z.enum(["google-legacy", "embedded"]))
    .default(["google-legacy", "embedded"])
    .describe("Who is asked, in order. One without its key is left out; one that fails hands over to the next."),
  googleLegacyUrl: z
    .url()
    .default("https://maps.googleapis.com")
    .describe("Base address of Google's legacy Nearby Search."),
  timeoutSeconds: seconds.default(5).describe("Time that a provider has to answer, so that a WHATSAT never hangs."),
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
  limits: limits.prefault({}),
  peers: peers.prefault({}),
  places: places.prefault({}),
});

export type HerdConfig = z.infer<typeof herdConfigSchema>;
export type ServerConfig = HerdConfig["servers"][number];

/** Checks a whole configuration. Throws one error that lists every problem, each with the value that was found. */
export function parseHerdConfig(json: unknown): HerdConfig {
  const parsed = herdConfigSchema.safeParse(json, { reportInput: true });
  const problems = parsed.success
    ? topologyProblems(parsed.data.servers)
    : parsed.error.issues.map(
        (issue) =>
          `${issue.path.join(".") || "(top)"}: ${issue.message}: current value is ${JSON.stringify(issue.input)}`,
      );
  if (!parsed.success || problems.length > 0)
    throw new Error(`Cannot use herd.config.json:\n${problems.map((problem) => `  - ${problem}`).join("\n")}`);
  return parsed.data;
}
