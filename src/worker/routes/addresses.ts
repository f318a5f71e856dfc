// The table of all addresses of the herd.
//
// From it come the routes, the answers 404 and 405, the methods in the answer to a preflight, and the table in the
// documentation. handlers.ts has what each address does. Keeps HD14 and HD15.

export interface Address {
  readonly method: "GET" | "POST";
  /** `:name` is the name of a server. */
  readonly path: string;
  /** The parameters that it takes. */
  readonly query?: string;
  /** `with`: only with `Upgrade: websocket`. `without`: only without it. Absent: either way. */
  readonly upgrade?: "with" | "without";
  /** What else a request has to have, for people. */
  readonly brings?: string;
  /** The only ones that it admits. Absent: its handler decides. */
  readonly by?: "operator" | "log reader";
  /**
   * As what it counts for the rate of its address (LI31), where that is not one request: `each server` is asked, or what it
   * brings is counted as `lines`.
   */
  readonly costs?: "each server" | "lines";
  /** What it is for, in the documentation. */
  readonly does: string;
}

export const ADDRESSES = {
  page: { method: "GET", path: "/", does: "the live page" },
  herd: { method: "GET", path: "/herd", costs: "each server", does: "the topology, and the state of each server" },
  health: {
    method: "GET",
    path: "/health",
    costs: "each server",
    does: "200 while every server of the deployment answers and can store reports",
  },
  metrics: { method: "GET", path: "/metrics", costs: "each server", does: "numbers for Prometheus" },
  nearestChoice: {
    method: "GET",
    path: "/nearest",
    query: "?near=±lat±lon",
    upgrade: "without",
    does: "which server would be chosen, and why",
  },
  nearestConnection: {
    method: "GET",
    path: "/nearest",
    query: "?near=±lat±lon&unknown=ignore|reject&reasons=yes|no&clock=server",
    upgrade: "with",
    does: "a client's connection to that server; `Herd-Server` in the answer names it",
  },
  nearestLines: {
    method: "POST",
    path: "/nearest",
    query: "?near=±lat±lon&unknown=ignore|reject&reasons=yes|no&clock=server",
    brings: "with lines as text",
    costs: "lines",
    does: "takes lines, and gives the answers of that server",
  },
  status: {
    method: "GET",
    path: "/servers/:name",
    upgrade: "without",
    does: "the state of the server: its clients, its connections, and how far each neighbour is",
  },
  connection: {
    method: "GET",
    path: "/servers/:name",
    query: "?unknown=ignore|reject&reasons=yes|no&clock=server",
    upgrade: "with",
    does: "a client's connection to the server",
  },
  lines: {
    method: "POST",
    path: "/servers/:name",
    query: "?unknown=ignore|reject&reasons=yes|no&clock=server",
    brings: "with lines as text",
    costs: "lines",
    does: "takes lines, and gives their answers",
  },
  reports: {
    method: "GET",
    path: "/servers/:name/reports",
    query: "?after=CLIENT&count=N",
    does: "a page of the reports that the server holds; after a `WATCH *`, the pages miss nothing",
  },
  log: {
    method: "GET",
    path: "/servers/:name/log",
    query: "?since=TIME",
    upgrade: "without",
    does: "its last log entries, one line of JSON each; with `since`, those of that time and later",
    by: "log reader",
  },
  logFollowed: {
    method: "GET",
    path: "/servers/:name/log",
    query: "?since=TIME",
    upgrade: "with",
    does: "the same, and then each new entry",
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

/** The methods of each path. */
export const METHODS: ReadonlyMap<string, readonly Address["method"][]> = new Map(
  ALL_ADDRESSES.map(({ path }) => [
    path,
    [...new Set(ALL_ADDRESSES.filter((address) => address.path === path).map(({ method }) => method))],
  ]),
);

/** Each address as a line for people: its method, its path, and what a request has to have. */
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
