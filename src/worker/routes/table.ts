// Every address of the herd: the one table of them.
//
// The router, the answers to what does not exist (404) or takes another method (405), the methods that other origins are
// told, and the table in the documentation are made from it. Keeps HD2.

import type { Permissions } from "../../core/access/permissions.ts";
import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { Admission } from "../auth/admission.ts";
import { admitLogReader, admitOperator } from "../auth/operator.ts";
import type { Env } from "../env/env.ts";
import { getFeed } from "./feed.ts";
import { getHealth, getHerd, getMetrics } from "./herd-status.ts";
import { connectClient, getStatus, postLines } from "./lines.ts";
import { getLog } from "./log.ts";
import { nearestChoice, nearestConnection, nearestLines } from "./nearest.ts";
import { getDataCentre, newEpoch, restore } from "./operator.ts";
import { getPage } from "./page.ts";
import { getReports } from "./reports.ts";
import { setService } from "./service.ts";

type Answer = Promise<Response> | Response;

interface Address {
  readonly method: "GET" | "POST";
  /** What may be asked in the query. */
  readonly query?: string;
  /** `with` asks for `Upgrade: websocket`, `without` has no such header, and the others do not mind. */
  readonly upgrade?: "with" | "without";
  /** What else the request brings, for people. */
  readonly brings?: string;
  /** What it is for, in the documentation. */
  readonly does: string;
  /** Lets only some in. The permissions of whoever comes go on to the handler. */
  readonly admit?: (request: Request, env: Env) => Promise<Admission>;
}

/** An address of the herd as a whole. */
interface HerdRoute extends Address {
  readonly path: string;
  readonly handle: (request: Request, env: Env) => Answer;
}

/** An address of one server. */
interface ServerRoute extends Address {
  /** Behind `/servers/:name`. */
  readonly serverPath: string;
  readonly handle: (request: Request, env: Env, server: ServerConfig, permissions: Permissions | undefined) => Answer;
}

export type Route = HerdRoute | ServerRoute;

const BY_OPERATOR = { admit: admitOperator, brings: "by an operator" } as const;

export const ROUTES: readonly Route[] = [
  { method: "GET", path: "/", does: "the live page", handle: getPage },
  { method: "GET", path: "/herd", does: "the topology, and how each server stands", handle: getHerd },
  { method: "GET", path: "/health", does: "200 while every server of the deployment answers", handle: getHealth },
  { method: "GET", path: "/metrics", does: "numbers for Prometheus", handle: getMetrics },
  {
    method: "GET",
    path: "/nearest",
    query: "?near=±lat±lon",
    upgrade: "without",
    does: "which server is the nearest that answers, and why",
    handle: nearestChoice,
  },
  {
    method: "GET",
    path: "/nearest",
    query: "?near=±lat±lon",
    upgrade: "with",
    does: "a client's connection to that server; `Herd-Server` in the answer names it",
    handle: (request: Request, env: Env) => nearestConnection(request, env, connectClient),
  },
  {
    method: "POST",
    path: "/nearest",
    query: "?near=±lat±lon",
    brings: "with lines as text",
    does: "lines in, answers of that server out",
    handle: (request: Request, env: Env) => nearestLines(request, env, postLines),
  },
  {
    method: "GET",
    serverPath: "",
    upgrade: "without",
    does: "how the server stands: clients, connections, and of each neighbour how far it has come",
    handle: getStatus,
  },
  {
    method: "GET",
    serverPath: "",
    query: "?unknown=ignore|reject",
    upgrade: "with",
    does: "a client's connection to the server",
    handle: connectClient,
  },
  {
    method: "POST",
    serverPath: "",
    query: "?unknown=ignore|reject",
    brings: "with lines as text",
    does: "lines in, answers out",
    handle: postLines,
  },
  {
    method: "GET",
    serverPath: "/reports",
    query: "?after=CLIENT&count=N",
    does: "a page of the reports held; after a `WATCH *` nothing is missed",
    handle: getReports,
  },
  {
    method: "GET",
    serverPath: "/log",
    query: "?since=TIME",
    upgrade: "without",
    admit: admitLogReader,
    does: "its last log entries, one line of JSON each; with `since` those from then on",
    handle: getLog,
  },
  {
    method: "GET",
    serverPath: "/log",
    query: "?since=TIME",
    upgrade: "with",
    admit: admitLogReader,
    does: "the same, and what is logged from now on",
    handle: getLog,
  },
  { method: "GET", serverPath: "/where", does: "in which data centre the server runs", handle: getDataCentre },
  {
    method: "POST",
    serverPath: "/drain",
    ...BY_OPERATOR,
    does: "takes the server out of service",
    handle: setService(true),
  },
  {
    method: "POST",
    serverPath: "/resume",
    ...BY_OPERATOR,
    does: "brings it back into service",
    handle: setService(false),
  },
  {
    method: "POST",
    serverPath: "/down",
    ...BY_OPERATOR,
    does: "the former name of `/drain`",
    handle: setService(true),
  },
  {
    method: "POST",
    serverPath: "/up",
    ...BY_OPERATOR,
    does: "the former name of `/resume`",
    handle: setService(false),
  },
  { method: "POST", serverPath: "/epoch", ...BY_OPERATOR, does: "begins a new epoch", handle: newEpoch },
  {
    method: "POST",
    serverPath: "/restore",
    query: "?at=TIME",
    ...BY_OPERATOR,
    does: "brings its storage back to that time, and begins a new epoch",
    handle: restore,
  },
  {
    method: "GET",
    serverPath: "/peer",
    upgrade: "with",
    brings: "and the herd's token",
    does: "the feed of a server of another deployment",
    handle: getFeed,
  },
];

export function pathOf(route: Route): string {
  return "path" in route ? route.path : `/servers/:name${route.serverPath}`;
}

/** Each address as a line, for people: method, address, and what the request brings. */
export const ADDRESSES: readonly string[] = ROUTES.map((route) => {
  const { method, query = "", upgrade, brings } = route;
  const header = upgrade === "with" ? "with Upgrade: websocket" : undefined;
  return [method, `${pathOf(route)}${query}`, header, brings].filter((part) => part !== undefined).join(" ");
});

/** By path, the methods that it takes. */
export const METHODS: ReadonlyMap<string, readonly string[]> = new Map(
  ROUTES.map(pathOf).map((path) => [
    path,
    [...new Set(ROUTES.filter((route) => pathOf(route) === path).map(({ method }) => method))],
  ]),
);

/** The table of the documentation, in Markdown. */
export function routesTable(): string {
  const rows = ROUTES.map((route) => {
    const { method, query = "", upgrade, brings, does } = route;
    const header = upgrade === "with" ? " with `Upgrade: websocket`" : "";
    return `| \`${method} ${pathOf(route)}${query.replaceAll("|", "\\|")}\`${header}${brings === undefined ? "" : ` ${brings}`} | ${does} |`;
  });
  return ["| address | |", "|---|---|", ...rows].join("\n");
}
