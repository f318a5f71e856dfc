// Every address of the herd: the one table of them.
//
// The router, the answers to what does not exist (404) or takes another method (405), the methods that other origins are
// told, and the table in the documentation are made from it. handlers.ts has what each does. Keeps HD14 and HD15.

export interface Address {
  readonly method: "GET" | "POST";
  /** `:name` is a server's. */
  readonly path: string;
  /** What may be asked in the query. */
  readonly query?: string;
  /** `with` asks for `Upgrade: websocket`, `without` has no such header, and the others do not mind. */
  readonly upgrade?: "with" | "without";
  /** What else the request brings, for people. */
  readonly brings?: string;
  /** Whom alone it admits, before its handler. */
  readonly by?: "operator" | "log reader";
  /** What it is for, in the documentation. */
  readonly does: string;
}

export const ADDRESSES = {
  page: { method: "GET", path: "/", does: "the live page" },
  herd: { method: "GET", path: "/herd", does: "the topology, and how each server stands" },
  health: { method: "GET", path: "/health", does: "200 while every server of the deployment answers" },
  metrics: { method: "GET", path: "/metrics", does: "numbers for Prometheus" },
  nearestChoice: {
    method: "GET",
    path: "/nearest",
    query: "?near=±lat±lon",
    upgrade: "without",
    does: "which server is the nearest that answers, and why",
  },
  nearestConnection: {
    method: "GET",
    path: "/nearest",
    query: "?near=±lat±lon",
    upgrade: "with",
    does: "a client's connection to that server; `Herd-Server` in the answer names it",
  },
  nearestLines: {
    method: "POST",
    path: "/nearest",
    query: "?near=±lat±lon",
    brings: "with lines as text",
    does: "lines in, answers of that server out",
  },
  status: {
    method: "GET",
    path: "/servers/:name",
    upgrade: "without",
    does: "how the server stands: clients, connections, and of each neighbour how far it has come",
  },
  connection: {
    method: "GET",
    path: "/servers/:name",
    query: "?unknown=ignore|reject",
    upgrade: "with",
    does: "a client's connection to the server",
  },
  lines: {
    method: "POST",
    path: "/servers/:name",
    query: "?unknown=ignore|reject",
    brings: "with lines as text",
    does: "lines in, answers out",
  },
  reports: {
    method: "GET",
    path: "/servers/:name/reports",
    query: "?after=CLIENT&count=N",
    does: "a page of the reports held; after a `WATCH *` nothing is missed",
  },
  log: {
    method: "GET",
    path: "/servers/:name/log",
    query: "?since=TIME",
    upgrade: "without",
    does: "its last log entries, one line of JSON each; with `since` those from then on",
    by: "log reader",
  },
  logFollowed: {
    method: "GET",
    path: "/servers/:name/log",
    query: "?since=TIME",
    upgrade: "with",
    does: "the same, and what is logged from now on",
    by: "log reader",
  },
  where: { method: "GET", path: "/servers/:name/where", does: "in which data centre the server runs" },
  drain: { method: "POST", path: "/servers/:name/drain", does: "takes the server out of service", by: "operator" },
  resume: { method: "POST", path: "/servers/:name/resume", does: "brings it back into service", by: "operator" },
  down: { method: "POST", path: "/servers/:name/down", does: "the former name of `/drain`", by: "operator" },
  up: { method: "POST", path: "/servers/:name/up", does: "the former name of `/resume`", by: "operator" },
  epoch: { method: "POST", path: "/servers/:name/epoch", does: "begins a new epoch", by: "operator" },
  restore: {
    method: "POST",
    path: "/servers/:name/restore",
    query: "?at=TIME",
    does: "brings its storage back to that time, and begins a new epoch",
    by: "operator",
  },
  peer: {
    method: "GET",
    path: "/servers/:name/peer",
    upgrade: "with",
    brings: "and the herd's token",
    does: "the feed of a server of another deployment",
  },
} as const satisfies Record<string, Address>;

export type AddressName = keyof typeof ADDRESSES;

/** In the order of the table. */
const ALL_ADDRESSES: readonly Address[] = Object.values(ADDRESSES);

/** By path, the methods that it takes. */
export const METHODS: ReadonlyMap<string, readonly Address["method"][]> = new Map(
  ALL_ADDRESSES.map(({ path }) => [
    path,
    [...new Set(ALL_ADDRESSES.filter((address) => address.path === path).map(({ method }) => method))],
  ]),
);

/** Each address as a line, for people: method, address, and what the request brings. */
export const ADDRESS_LINES: readonly string[] = ALL_ADDRESSES.map(
  ({ method, path, query = "", upgrade, brings, by }) => {
    const header = upgrade === "with" ? "with Upgrade: websocket" : undefined;
    const who = by === "operator" ? "by an operator" : undefined;
    return [method, `${path}${query}`, header, brings, who].filter((part) => part !== undefined).join(" ");
  },
);

/** The table of the documentation, in Markdown. */
export function routesTable(): string {
  const rows = ALL_ADDRESSES.map(({ method, path, query = "", upgrade, brings, by, does }) => {
    const header = upgrade === "with" ? "with `Upgrade: websocket`" : undefined;
    const who = by === "operator" ? "by an operator" : undefined;
    const address = `\`${method} ${path}${query.replaceAll("|", "\\|")}\``;
    return `| ${[address, header, brings, who].filter((part) => part !== undefined).join(" ")} | ${does} |`;
  });
  return ["| address | what it does |", "|---|---|", ...rows].join("\n");
}
