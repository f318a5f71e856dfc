// The table of rooms: what each folder of source files holds, and what its files may import.
//
// It is the one place that says so. The linter's allow-lists (room-imports.ts) and the map in CONTRIBUTING.md (room-map.ts)
// are made from it. A room may import only rooms above it, so the project can be read in the order of the rows. A row lists no
// more than its files need. Only a room of scripts may import a room of tests. Keeps RM1, RM2, RM6, RM7 and RM10.

export interface Room {
  /** A folder with source files of its own. Folders inside it are other rooms. */
  readonly folder: string;
  /** One line for the map. */
  readonly holds: string;
  /** Folders of the rooms that it may import; a file outside of the rooms, by its path. */
  readonly imports?: readonly string[];
  /** Packages that it may import; `node:*` is all that Node brings with it. */
  readonly packages?: readonly string[];
}

export const ROOMS: readonly Room[] = [
  {
    folder: "src/core/lib",
    holds: "small parts that know nothing of herds: UTF-8, token bucket, timeouts, throttle, histogram, retry delay",
  },
  {
    folder: "src/core/protocol",
    holds: "bytes to values and back: lines, reports, frames of a feed, locations, times, the shape of places",
    imports: ["src/core/lib"],
  },
  {
    folder: "src/core/config",
    holds: "`herd.config.json`: one file for each section, each setting with its reason; who is whose neighbour",
    imports: ["src/core/lib", "src/core/protocol"],
    packages: ["zod"],
  },
  {
    folder: "src/core/geo",
    holds: "which server is nearest to a client",
    imports: ["src/core/config", "src/core/protocol"],
  },
  {
    folder: "src/core/access",
    holds: "what a client may do: permissions of tokens, rates, limits of connections",
    imports: ["src/core/config", "src/core/lib", "src/core/protocol"],
    packages: ["ipaddr.js"],
  },
  {
    folder: "src/core/contract",
    holds: "the border to the world: events in, effects out, log entries, counters, close reasons",
    imports: ["src/core/access", "src/core/lib", "src/core/protocol"],
  },
  {
    folder: "src/core/store",
    holds: "the port of a report store; numbering, pending and recent reports, pages of reports",
    imports: ["src/core/config", "src/core/lib", "src/core/protocol"],
  },
  {
    folder: "src/core/storage",
    holds: "the report store over a few rows: a log of commits, folded into a table in pages",
    imports: ["src/core/config", "src/core/lib", "src/core/protocol", "src/core/store"],
  },
  {
    folder: "src/core/commands",
    holds: "the commands of clients: a file for each, and the one table of them",
    imports: ["src/core/access", "src/core/contract", "src/core/lib", "src/core/protocol"],
  },
  {
    folder: "src/core/feeds",
    holds: "flood and catch-up: neighbours, the outbound and the inbound feed, write-behind",
    imports: ["src/core/config", "src/core/contract", "src/core/lib", "src/core/protocol", "src/core/store"],
  },
  {
    folder: "src/core/sessions",
    holds: "clients' connections: their lines, answers in order, subscriptions",
    imports: [
      "src/core/access",
      "src/core/commands",
      "src/core/config",
      "src/core/contract",
      "src/core/lib",
      "src/core/protocol",
      "src/core/store",
    ],
  },
  {
    folder: "src/core/server",
    holds: "a server: its turn, in order",
    imports: [
      "src/core/commands",
      "src/core/config",
      "src/core/contract",
      "src/core/feeds",
      "src/core/lib",
      "src/core/protocol",
      "src/core/sessions",
      "src/core/store",
    ],
  },
  {
    folder: "src/places/port",
    holds: "what every provider of places promises, and the budget of paid requests",
    imports: ["src/core/protocol"],
    packages: ["geokdbush"],
  },
  {
    folder: "src/places/google",
    holds: "Google's two APIs: requests, answers, failures, terms",
    imports: ["src/core/protocol", "src/places/port"],
    packages: ["zod"],
  },
  {
    folder: "src/places/world",
    holds: "the embedded places: their sources, the file that is built from them, its reader",
    imports: ["src/core/protocol", "src/places/port"],
    packages: ["geokdbush", "kdbush", "zod"],
  },
  {
    folder: "src/places",
    holds: "all providers: which there are, what guards one, who is asked next",
    imports: ["src/core/config", "src/core/protocol", "src/places/google", "src/places/port", "src/places/world"],
    packages: ["cockatiel"],
  },
  {
    folder: "src/client",
    holds: "the client library, for wherever JavaScript runs",
    imports: ["src/core/commands", "src/core/contract", "src/core/lib", "src/core/protocol"],
  },
  {
    folder: "src/worker/env",
    holds: "what the Worker is given: bindings, secrets, the configuration; a server's name to its object",
    imports: [
      "src/core/access",
      "src/core/config",
      "src/core/contract",
      "src/core/protocol",
      "src/core/store",
      "src/places/port",
      "herd.config.json",
    ],
  },
  {
    folder: "src/worker/respond",
    holds: "how every answer over HTTP is made: JSON, problems, security headers, CORS, bounded bodies",
    imports: ["src/core/access", "src/core/contract"],
  },
  {
    folder: "src/worker/storage",
    holds: "SQLite: the rows of the report store, their layout, the budget of requests",
    imports: ["src/core/storage", "src/core/store", "src/places/port"],
  },
  {
    folder: "src/worker/auth",
    holds: "tokens: where they are shown, whether they hold, what an address asks for",
    imports: [
      "src/core/access",
      "src/core/config",
      "src/core/contract",
      "src/core/protocol",
      "src/worker/env",
      "src/worker/respond",
    ],
    packages: ["jose", "zod", "cloudflare:workers"],
  },
  {
    folder: "src/worker/transport",
    holds: "WebSocket, TCP and POST as connections of the core; links to neighbours; clients' addresses",
    imports: ["src/core/access", "src/core/contract", "src/core/lib", "src/core/protocol", "src/worker/env"],
    packages: ["zod", "ipaddr.js"],
  },
  {
    folder: "src/worker/object",
    holds: "the Durable Object of a server, its log, its places",
    imports: [
      "src/core/access",
      "src/core/config",
      "src/core/contract",
      "src/core/protocol",
      "src/core/server",
      "src/core/storage",
      "src/core/store",
      "src/places",
      "src/places/port",
      "src/worker/auth",
      "src/worker/env",
      "src/worker/respond",
      "src/worker/storage",
      "src/worker/transport",
    ],
    packages: ["zod", "cloudflare:workers"],
  },
  {
    folder: "src/worker/routes",
    holds: "the addresses: servers, log, status, metrics, reports, `/nearest`, the page, operators' requests",
    imports: [
      "src/core/access",
      "src/core/config",
      "src/core/contract",
      "src/core/geo",
      "src/core/lib",
      "src/core/protocol",
      "src/worker/auth",
      "src/worker/env",
      "src/worker/object",
      "src/worker/respond",
      "src/worker/transport",
    ],
    packages: ["itty-router"],
  },
  {
    folder: "src/worker",
    holds: "`index.ts`, where Cloudflare enters",
    imports: ["src/worker/env", "src/worker/object", "src/worker/routes"],
  },
  { folder: "src/page/dom", holds: "elements of the document, and the history of an input" },
  {
    folder: "src/page/model",
    holds: "what the page knows, without drawing it: clients, floods, servers, rates",
    imports: ["src/client", "src/core/contract", "src/core/geo"],
    packages: ["d3-geo"],
  },
  {
    folder: "src/page/net",
    holds: "what the page hears and says: polls, watches, speakers, the demonstration",
    imports: ["src/client", "src/core/geo", "src/page/model"],
  },
  {
    folder: "src/page/map",
    holds: "the map: land, links, markers, motion, sparks",
    imports: ["src/core/geo", "src/page/dom", "src/page/model"],
    packages: ["d3-geo", "topojson-client", "topojson-specification", "world-atlas"],
  },
  {
    folder: "src/page/panels",
    holds: "the panels beside the map: server cards, details, console, answers, story",
    imports: ["src/client", "src/page/dom", "src/page/map", "src/page/model", "src/page/net"],
  },
  {
    folder: "src/page",
    holds: "`main.ts`, the live page itself; `npm run build:page`",
    imports: [
      "src/client",
      "src/core/geo",
      "src/page/dom",
      "src/page/map",
      "src/page/model",
      "src/page/net",
      "src/page/panels",
    ],
  },
  {
    folder: "src/cli/terminal",
    holds: "options, tables, failures and colours of a terminal",
    imports: ["src/core/protocol"],
    packages: ["node:*", "@mapbox/sexagesimal", "cli-table3", "commander", "leven", "zod"],
  },
  {
    folder: "src/cli/net",
    holds: "how a command reaches a herd: the client library, HTTP, the log, `herd.config.json`",
    imports: ["src/cli/terminal", "src/client", "src/core/config", "src/core/contract", "src/core/protocol"],
    packages: ["node:*", "ws", "zod"],
  },
  {
    folder: "src/cli/gateway",
    holds: "TCP lines in, WebSockets out",
    imports: ["src/cli/net"],
    packages: ["node:*", "ws"],
  },
  {
    folder: "src/cli/prompt",
    holds: "a session of lines: at a prompt with history and completion, or from a pipe",
    imports: ["src/cli/net", "src/cli/terminal", "src/client", "src/core/commands", "src/core/protocol"],
    packages: ["node:*"],
  },
  {
    folder: "src/cli/load",
    holds: "clients that move, as load",
    imports: ["src/cli/terminal", "src/client"],
    packages: ["node:*"],
  },
  {
    folder: "src/cli/commands",
    holds: "one file for each command of `npm run herd`",
    imports: [
      "src/cli/gateway",
      "src/cli/load",
      "src/cli/net",
      "src/cli/prompt",
      "src/cli/terminal",
      "src/client",
      "src/core/config",
      "src/core/contract",
      "src/core/geo",
      "src/core/protocol",
    ],
    packages: ["node:*", "cli-progress", "commander", "@bomb.sh/tab", "jose"],
  },
  {
    folder: "scripts/local",
    holds: "`npm start` and its like: herds on this machine, deployment",
    imports: ["src/cli/commands", "src/cli/net", "src/cli/terminal", "src/core/config", "src/core/lib"],
    packages: ["node:*", "commander", "esbuild", "miniflare", "wrangler", "zod"],
  },
  {
    folder: "scripts/build",
    holds: "what is made from the source: page, places, schema, package, screenshots",
    imports: ["scripts/local", "src/core/config", "src/places/world"],
    packages: ["node:*", "@sparticuz/chromium", "esbuild", "playwright-core", "zod"],
  },
  {
    folder: "scripts/check",
    holds: "`npm test`: the gate, the check of rules, this map",
    packages: ["node:*", "oxlint", "zod"],
  },
  {
    folder: "scripts/bench/floor",
    holds: "the least that a Durable Object can do, as a baseline",
    packages: ["cloudflare:workers"],
  },
  {
    folder: "scripts/bench/testbed",
    holds: "what the benchmark starts and loads: herds, the floor, the paper's herd in plain Node",
    imports: ["scripts/local", "src/core/config", "src/core/contract", "test/support"],
    packages: ["node:*", "esbuild", "miniflare", "ws", "zod"],
  },
  {
    folder: "scripts/bench/harness",
    holds: "how the benchmark measures: rounds, statistics, targets, the table and the picture",
    imports: ["scripts/bench/testbed"],
    packages: ["node:*", "cli-progress", "cli-table3", "echarts", "zod"],
  },
  {
    folder: "scripts/bench/subjects",
    holds: "what the benchmark measures, one file for each",
    imports: ["scripts/bench/harness", "scripts/bench/testbed", "scripts/local", "src/core/config", "herd.config.json"],
    packages: ["node:*"],
  },
  {
    folder: "scripts/bench",
    holds: "the benchmark: `npm run bench`, `npm run compare`",
    imports: ["scripts/bench/harness", "scripts/bench/subjects", "scripts/bench/testbed", "scripts/local"],
    packages: ["node:*", "commander"],
  },
  {
    folder: "scripts/cost",
    holds: "what a herd costs in a month: `npm run cost`",
    imports: [
      "scripts/local",
      "src/cli/net",
      "src/cli/terminal",
      "src/core/config",
      "src/core/protocol",
      "src/core/storage",
      "herd.config.json",
      "test/sim",
      "test/support",
    ],
    packages: ["node:*", "commander", "zod"],
  },
  {
    folder: "scripts/docs",
    holds: "the parts of the documentation that are made from the code: `npm run build:docs`",
    imports: [
      "scripts/bench/harness",
      "scripts/cost",
      "src/core/commands",
      "src/core/config",
      "src/core/contract",
      "src/core/protocol",
      "src/worker/routes",
    ],
    packages: ["node:*", "zod"],
  },
];

/** Tests import what they like. Those of a room are in the folder of its name, `test/core/lib`; these are the others. */
export const TEST_ROOMS: readonly Room[] = [
  { folder: "test/sim", holds: "whole herds on a seeded clock and network, with faults: `npm run sim`" },
  { folder: "test/fuzz", holds: "anything that may be said, to the core and to a running herd: `npm run fuzz`" },
  { folder: "test/herd", holds: "whole herds in processes, killed and restarted; the command line" },
  { folder: "test/docs", holds: "the pages of documentation against what they name" },
  { folder: "test/support", holds: "what tests of several rooms share" },
  { folder: "test/worker/support", holds: "what tests in workerd share" },
];
