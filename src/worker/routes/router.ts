// The addresses of the herd.
//
// A request names a server, and its object does the rest; only the two answers about the herd as a whole are made here.
// Whatever does not exist is answered with what does.

import { Router, type IRequestStrict } from "itty-router";
import type { ServerConfig } from "../../core/config/herd-config.ts";
import { placeOf } from "../../core/geo/nearest-server.ts";
import { admitClient, refuseTokenInQuery } from "../auth/admission.ts";
import { admitOperator, isPeer } from "../auth/bearer-token.ts";
import { noLines, readAtMost } from "../respond/bounded-body.ts";
import { clientAddressOf } from "../transport/client-address.ts";
import { clientRequest, selectSubprotocol } from "../transport/client-request.ts";
import { crossOriginAnswer } from "../respond/cross-origin.ts";
import type { Env } from "../env/env.ts";
import { FEED_PATH } from "../transport/feed-request.ts";
import { herdConfig, isElsewhere, serverNamed, serverStub, type ServerElsewhere } from "../env/herd.ts";
import { json } from "../respond/json.ts";
import { METRICS_TYPE } from "./metrics-text.ts";
import { metricsOf } from "./metrics.ts";
import { nearestChoice, nearestConnection, nearestLines } from "./nearest.ts";
import { overCapacity } from "../respond/over-capacity.ts";
import { openness } from "../auth/openness.ts";
import { asOperator, newEpoch, restore } from "./operator.ts";
import { getPage, getPageFile } from "./page.ts";
import { problem } from "../respond/problem.ts";
import { getReports } from "./reports.ts";
import { withSecurityHeaders } from "../respond/security-headers.ts";
import { sinceOf } from "../object/server-log.ts";
import type { ServerObjectStatus } from "../object/server-object.ts";
import { outOfServiceProblem } from "../respond/out-of-service.ts";
import { setService } from "./service.ts";
import { UNKNOWN_POLICIES, unknownPolicyOf } from "../transport/unknown-policy.ts";
import { isUpgrade } from "../respond/upgrade.ts";

const ADDRESSES = [
  "GET /",
  "GET /herd",
  "GET /health",
  "GET /metrics",
  "GET /nearest?near=±lat±lon",
  "GET /nearest?near=±lat±lon with Upgrade: websocket",
  "POST /nearest?near=±lat±lon with lines as text",
  "GET /servers/:name",
  "GET /servers/:name with Upgrade: websocket",
  "POST /servers/:name with lines as text",
  "POST /servers/:name/down with the operators' token",
  "POST /servers/:name/up with the operators' token",
  "GET /servers/:name/reports?after=CLIENT&count=N",
  "GET /servers/:name/log?since=TIME",
  "GET /servers/:name/log?since=TIME with Upgrade: websocket",
  "GET /servers/:name/where",
  "POST /servers/:name/epoch by an operator",
  "POST /servers/:name/restore?at=TIME by an operator",
  "GET /servers/:name/peer with Upgrade: websocket and the herd's token",
];

/** Time that a server has to say how it stands. */
const STATUS_MILLIS_MAX = 2000;

type Handler = (request: IRequestStrict, env: Env) => Promise<Response> | Response;

export const router = Router<IRequestStrict, [Env]>({
  before: [(request, env) => crossOriginAnswer(request, herdConfig(env).limits.origins)],
  catch: unavailable,
  finally: [
    (response: Response, request, env) => withSecurityHeaders(response, request, herdConfig(env).limits.origins),
  ],
});

router
  .all("*", refuseTokenInQuery)
  .get("/", getPage)
  .get("/page/:file", (request: IRequestStrict, env: Env) => getPageFile(request, env, request.params["file"] ?? ""))
  .get("/herd", (_request, env) => herdStatus(env))
  .get("/health", (_request, env) => getHealth(env))
  .get("/metrics", (_request, env) => getMetrics(env))
  .get("/nearest", (request: IRequestStrict, env: Env) =>
    isUpgrade(request) ? nearestConnection(request, env, getServer) : nearestChoice(request, env),
  )
  .post("/nearest", (request: IRequestStrict, env: Env) => nearestLines(request, env, postLines))
  .get("/servers/:name", withServer(getServer))
  .post("/servers/:name", withServer(postLines))
  .post("/servers/:name/down", withServer(asOperator(setService(true))))
  .post("/servers/:name/up", withServer(asOperator(setService(false))))
  .get("/servers/:name/reports", withServer(getReports))
  .get("/servers/:name/log", withServer(getLog))
  .get("/servers/:name/peer", withServer(getFeed))
  .get("/servers/:name/where", withServer(getDataCentre))
  .post("/servers/:name/epoch", withServer(asOperator(newEpoch)))
  .post("/servers/:name/restore", withServer(asOperator(restore)));

/** The methods of each address, for whoever comes with another one. */
const METHODS: Readonly<Record<string, string>> = {
  "/": "GET",
  "/herd": "GET",
  "/health": "GET",
  "/metrics": "GET",
  "/nearest": "GET, POST",
  "/servers/:name": "GET, POST",
  "/servers/:name/reports": "GET",
  "/servers/:name/log": "GET",
  "/servers/:name/peer": "GET",
  "/servers/:name/where": "GET",
  "/servers/:name/down": "POST",
  "/servers/:name/up": "POST",
  "/servers/:name/epoch": "POST",
  "/servers/:name/restore": "POST",
};
for (const [path, methods] of Object.entries(METHODS)) {
  const refuse = () => wrongMethod(methods);
  router.all(path, path.startsWith("/servers/") ? withServer(refuse) : refuse);
}
router.all("*", () => problem(404, "Nothing is at this address", { addresses: ADDRESSES }));

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
      return { name, neighbours, tcpPort, url, place: placeOf(server), status };
    }),
  );
  return json({ ...openness(env), servers });
}

/** How each server of this deployment stands; `undefined` for one that does not say so in time. */
async function hostedStatuses(env: Env): Promise<Map<string, ServerObjectStatus | undefined>> {
  const hosted = herdConfig(env).servers.filter((server) => !isElsewhere(server));
  const late = scheduler.wait(STATUS_MILLIS_MAX).then(() => undefined);
  const statuses = hosted.map(async (server) => {
    const status = serverStub(env, server)
      .status()
      .catch(() => undefined);
    return [server.name, await Promise.race([status, late])] as const;
  });
  return new Map(await Promise.all(statuses));
}

async function getMetrics(env: Env): Promise<Response> {
  return new Response(metricsOf(await hostedStatuses(env)), { headers: { "Content-Type": METRICS_TYPE } });
}

/** For a load balancer: 200 while every server of this deployment answers. */
async function getHealth(env: Env): Promise<Response> {
  const statuses = await hostedStatuses(env);
  const silent = [...statuses].filter(([, status]) => status === undefined).map(([name]) => name);
  if (silent.length === 0) return new Response("ok\n", { headers: { "Content-Type": "text/plain" } });
  return problem(503, "Some servers do not answer", { servers: silent }, { "Retry-After": "1" });
}

/** What a server of another deployment says of itself. */
async function statusElsewhere({ url, name }: ServerElsewhere): Promise<unknown> {
  const signal = AbortSignal.timeout(STATUS_MILLIS_MAX);
  const response = await fetch(new URL(`/servers/${name}`, url), { signal });
  if (!response.ok) throw new Error(`${url} answered HTTP ${response.status}`);
  return response.json();
}

async function getServer(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const stub = serverStub(env, server);
  if (!isUpgrade(request)) return json(await stub.status());
  const admission = await admitClient(request, env);
  if ("refusal" in admission) return admission.refusal;
  if (unknownPolicyOf(request.url) === "invalid") return invalidPolicy();
  const { search } = new URL(request.url);
  const answer = await stub.fetch(clientRequest(request, `/client${search}`, admission.permissions));
  return selectSubprotocol(request, answer);
}

async function getLog(request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> {
  const admission = await admitOperator(request, env, "The log shows every client's lines: it is for operators");
  if ("refusal" in admission) return admission.refusal;
  let since: string | undefined;
  try {
    since = sinceOf(request.url);
  } catch {
    return problem(400, "?since= takes a time such as 2026-11-22T10:00:00Z", { addresses: ADDRESSES });
  }
  const stub = serverStub(env, server);
  const path = since === undefined ? "/log" : `/log?since=${since}`;
  if (isUpgrade(request))
    return selectSubprotocol(request, await stub.fetch(clientRequest(request, path, admission.permissions)));
  return new Response(await stub.recentLog(since), { headers: { "Content-Type": "application/x-ndjson" } });
}

async function getDataCentre(_request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> {
  return json({ server: server.name, ...(await serverStub(env, server).dataCentre()) });
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

async function postLines(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const { messageBytes } = herdConfig(env).limits;
  const admission = await admitClient(request, env);
  if ("refusal" in admission) return admission.refusal;
  const unknown = unknownPolicyOf(request.url);
  if (unknown === "invalid") return invalidPolicy();
  const encoding = request.headers.get("Content-Encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    return problem(415, "The lines of a POST come as they are, not compressed", {}, { "Accept-Encoding": "identity" });
  const lines = await readAtMost(request, messageBytes);
  if (typeof lines === "string") return noLines(lines, messageBytes, ADDRESSES);
  const answers = await serverStub(env, server).answer(lines, unknown, admission.permissions, clientAddressOf(request));
  if (answers === undefined) return outOfServiceProblem(server.name);
  if ("refusal" in answers) return overCapacity(answers.refusal);
  return new Response(answers, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

function invalidPolicy(): Response {
  return problem(400, "?unknown= takes one of two values", { values: UNKNOWN_POLICIES });
}

function wrongMethod(allowed: string): Response {
  return problem(405, `This address takes ${allowed}`, { addresses: ADDRESSES }, { Allow: allowed });
}

/** A server's object may go while it answers: a deploy, an overload, a turn that failed. No stack reaches a client. */
function unavailable(error: unknown): Response {
  console.error("Cannot answer a request:", error);
  return problem(503, "The server may be starting again: try once more", {}, { "Retry-After": "1" });
}
