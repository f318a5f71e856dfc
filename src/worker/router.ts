// The addresses of the herd.
//
// A request names a server, and its object does the rest; only the two answers about the herd as a whole are made here.
// Whatever does not exist is answered with what does.

import { Router, type IRequestStrict } from "itty-router";
import type { ServerConfig } from "../core/herd-config.ts";
import { isPeer } from "./bearer-token.ts";
import { readAtMost } from "./bounded-body.ts";
import type { Env } from "./env.ts";
import { FEED_PATH } from "./feed-request.ts";
import { herdConfig, isElsewhere, serverNamed, serverStub, type ServerElsewhere } from "./herd.ts";
import { formatMetrics } from "./metrics.ts";
import { problem } from "./problem.ts";
import { UNKNOWN_POLICIES, unknownPolicyOf } from "./unknown-policy.ts";

const ADDRESSES = [
  "GET /herd",
  "GET /metrics",
  "GET /servers/:name",
  "GET /servers/:name with Upgrade: websocket",
  "POST /servers/:name with lines as text",
  "GET /servers/:name/log",
  "GET /servers/:name/log with Upgrade: websocket",
  "GET /servers/:name/peer with Upgrade: websocket and the herd's token",
];

/** Time that a server elsewhere has to say how it stands. */
const STATUS_MILLIS_MAX = 2000;

type Handler = (request: IRequestStrict, env: Env) => Promise<Response> | Response;

export const router = Router<IRequestStrict, [Env]>({ catch: unavailable });

router
  .get("/herd", (_request, env) => herdStatus(env))
  .get("/metrics", (_request, env) => getMetrics(env))
  .get("/servers/:name", withServer(getServer))
  .post("/servers/:name", withServer(postLines))
  .get("/servers/:name/log", withServer(getLog))
  .get("/servers/:name/peer", withServer(getFeed))
  .all("/herd", () => wrongMethod("GET"))
  .all("/metrics", () => wrongMethod("GET"))
  .all(
    "/servers/:name",
    withServer(() => wrongMethod("GET, POST")),
  )
  .all(
    "/servers/:name/log",
    withServer(() => wrongMethod("GET")),
  )
  .all(
    "/servers/:name/peer",
    withServer(() => wrongMethod("GET")),
  )
  .all("*", () => problem(404, "Nothing is at this address", { addresses: ADDRESSES }));

function withServer(
  handle: (request: IRequestStrict, env: Env, server: ServerConfig) => Promise<Response> | Response,
): Handler {
  return (request, env) => {
    const name = request.params["name"] ?? "";
    const server = serverNamed(env, name);
    if (server !== undefined && isElsewhere(server))
      return problem(421, `${name} runs in another deployment`, { addresses: [server.url] });
    if (server !== undefined) return handle(request, env, server);
    const servers = herdConfig(env).servers.map((other) => other.name);
    return problem(404, `The herd has no server named ${JSON.stringify(name)}`, { servers });
  };
}

async function herdStatus(env: Env): Promise<Response> {
  const servers = await Promise.all(
    herdConfig(env).servers.map(async (server) => {
      const { name, neighbours, tcpPort, url } = server;
      const asked: Promise<unknown> = isElsewhere(server) ? statusElsewhere(server) : serverStub(env, server).status();
      const status = await asked.catch((error: unknown) => ({
        error: error instanceof Error ? error.message : String(error),
      }));
      return { name, neighbours, tcpPort, url, status };
    }),
  );
  return json({ servers });
}

/** Of the servers of this deployment: each deployment is asked for its own. */
async function getMetrics(env: Env): Promise<Response> {
  const hosted = herdConfig(env).servers.filter((server) => !isElsewhere(server));
  const statuses = await Promise.all(hosted.map((server) => serverStub(env, server).status()));
  return new Response(formatMetrics(statuses), { headers: { "Content-Type": "text/plain; version=0.0.4" } });
}

/** What a server of another deployment says of itself. */
async function statusElsewhere({ url, name }: ServerElsewhere): Promise<unknown> {
  const signal = AbortSignal.timeout(STATUS_MILLIS_MAX);
  const response = await fetch(new URL(`/servers/${name}`, url), { signal });
  if (!response.ok) throw new Error(`${url} answered HTTP ${response.status}`);
  return response.json();
}

async function getServer(request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> {
  const stub = serverStub(env, server);
  if (!isUpgrade(request)) return json(await stub.status());
  if (unknownPolicyOf(request.url) === "invalid") return invalidPolicy();
  return stub.fetch(new Request(`https://herd/client${new URL(request.url).search}`, request));
}

async function getLog(request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> {
  const stub = serverStub(env, server);
  if (isUpgrade(request)) return stub.fetch(new Request("https://herd/log", request));
  return new Response(await stub.recentLog(), { headers: { "Content-Type": "application/x-ndjson" } });
}

async function getFeed(request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> {
  if (!(await isPeer(request, env)))
    return problem(
      401,
      "A feed shows the token that the deployments of the herd share",
      {},
      { "WWW-Authenticate": "Bearer" },
    );
  if (!isUpgrade(request)) return problem(426, "A feed is a WebSocket", {}, { Upgrade: "websocket" });
  const { search } = new URL(request.url);
  return serverStub(env, server).fetch(`https://herd${FEED_PATH}${search}`, { headers: { Upgrade: "websocket" } });
}

async function postLines(request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> {
  const { messageBytes } = herdConfig(env).limits;
  const unknown = unknownPolicyOf(request.url);
  if (unknown === "invalid") return invalidPolicy();
  const lines = await readAtMost(request, messageBytes);
  if (lines === "broken off") return problem(400, "The lines of the POST broke off", { addresses: ADDRESSES });
  if (lines === "too long")
    return problem(413, `The lines of a POST are at most ${messageBytes} bytes`, { addresses: ADDRESSES });
  const answers = await serverStub(env, server).answer(lines, unknown);
  return new Response(answers, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

function invalidPolicy(): Response {
  return problem(400, "?unknown= takes one of two values", { values: UNKNOWN_POLICIES });
}

function isUpgrade(request: IRequestStrict): boolean {
  return request.headers.get("Upgrade")?.toLowerCase() === "websocket";
}

function wrongMethod(allowed: string): Response {
  return problem(405, `This address takes ${allowed}`, { addresses: ADDRESSES }, { Allow: allowed });
}

/** A server's object may go while it answers: a deploy, an overload, a turn that failed. No stack reaches a client. */
function unavailable(error: unknown): Response {
  console.error("Cannot answer a request:", error);
  return problem(503, "The server may be starting again: try once more", {}, { "Retry-After": "1" });
}

function json(value: unknown): Response {
  return new Response(`${JSON.stringify(value, null, 2)}\n`, { headers: { "Content-Type": "application/json" } });
}
