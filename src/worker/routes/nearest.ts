// The nearest server that answers: the addresses at `/nearest`.
//
// The servers are tried in the order of their distance until one answers in time. An upgrade to a WebSocket goes to the
// server itself, and to the next one if it is refused or late. A POST may rightly take longer, as places do. For a POST,
// the server is first asked whether it is in service. A POST that then fails goes to the next server too: a report that is
// sent twice is one report (RP6).
//
// There are two ways to a server of another deployment. A POST is answered 307, and the client repeats it there. Every HTTP
// client can do that, and later lines do not cross the earth twice. No WebSocket client follows a redirect: the upgrade is
// made from here, and the socket is handed on, with the client's address. Keeps ED1 to ED4 and ED9 to ED17.
//
// Fact, 2026-11-22: workerd sends the headers that are set on a 101 with its `webSocket`.

import { readServerStatus } from "../../core/contract/status.ts";
import { originOf, type AddressFacts, type Origin } from "../../core/geo/client-origin.ts";
import type { HerdConfig, ServerConfig } from "../../core/config/herd-config.ts";
import { degreesOf, locationProblem } from "../../core/protocol/location.ts";
import { defaultServers, nearestServers, type Candidate } from "../../core/geo/nearest-server.ts";
import { noLines, readAtMost } from "../respond/bounded-body.ts";
import type { Env } from "../env/env.ts";
import { herdConfig, isElsewhere, serverStub, type ServerElsewhere } from "../env/herd.ts";
import { json } from "../respond/json.ts";
import { problem } from "../respond/problem.ts";
import { askDeployment, handOn } from "./between-deployments.ts";
import { closeSocket } from "../transport/websocket-transport.ts";

/** The handler of a server's own address, `/servers/:name`. */
export type AskServer = (request: Request, env: Env, server: ServerConfig) => Promise<Response>;

/** With `Upgrade`: a client's connection to the nearest server. */
export async function nearestConnection(request: Request, env: Env, ask: AskServer): Promise<Response> {
  return nearest(request, env, (server) => {
    const asked = isElsewhere(server)
      ? handOn(request, addressAt(server.url, server, request.url), env)
      : ask(request, env, server);
    return inTime(asked, env, hangUp);
  });
}

/** Takes lines for the nearest server, and gives its answers. */
export async function nearestLines(request: Request, env: Env, ask: AskServer): Promise<Response> {
  const { messageBytes } = herdConfig(env).limits;
  const lines = await readAtMost(request, messageBytes);
  if (typeof lines === "string") return noLines(lines, messageBytes, ["POST /nearest"]);
  return nearest(request, env, async (server) => {
    await beThere(server, env);
    if (isElsewhere(server))
      return new Response(null, {
        status: 307,
        headers: { Location: addressAt(server.url, server, request.url).href },
      });
    const { url, method, headers } = request;
    return ask(new Request(url, { method, headers, body: lines }), env, server);
  });
}

/** Without `Upgrade`: which server would be chosen, and why. */
export async function nearestChoice(request: Request, env: Env): Promise<Response> {
  return nearest(request, env, async (server, { by, place }, candidates, failures) => {
    await beThere(server, env);
    const told = candidates.map(({ server: { name }, distanceKm }, index) => {
      const outcome = failures[index] ?? (index === failures.length ? "chosen" : "not asked");
      return { server: name, distanceKm: rounded(distanceKm), outcome };
    });
    const { name, url } = server;
    return json({ server: name, url, by, ...place, candidates: told });
  });
}

/** Tries one server. `failures`: why the servers before it were passed over. */
type Try = (
  server: ServerConfig,
  origin: Origin,
  candidates: readonly Candidate<ServerConfig>[],
  failures: readonly string[],
) => Promise<Response>;

/** The first answer of a server, with the headers that name it. */
async function nearest(request: Request, env: Env, attempt: Try): Promise<Response> {
  const config = herdConfig(env);
  const origin = originOfRequest(request);
  if (origin === undefined)
    return problem(400, "?near= takes a location in degrees, ±lat±lon, as an IAMAT does", {
      examples: ["/nearest?near=%2B34.068930-118.445127"],
    });
  const candidates = candidatesFor(config, origin);
  const failures: string[] = [];
  for (const { server, distanceKm } of candidates) {
    try {
      const response = await attempt(server, origin, candidates, failures);
      if (response.status < 500) return named(response, server, distanceKm);
      void response.body?.cancel();
      failures.push(`answered HTTP ${response.status}`);
    } catch (error) {
      failures.push(failureOf(error));
    }
  }
  const outcomes = candidates.map(({ server: { name } }, index) => `${name} ${failures[index]}`);
  return problem(503, "No server of the herd answers: try again", { candidates: outcomes }, { "Retry-After": "5" });
}

/** `undefined` if `?near=` is no location. */
function originOfRequest(request: Request): Origin | undefined {
  // A plus that was not escaped is a space here.
  const near = new URL(request.url).searchParams.get("near")?.replaceAll(" ", "+");
  if (near === undefined) return originOf((request.cf ?? {}) as AddressFacts);
  return locationProblem(near) === undefined ? { by: "?near=", place: degreesOf(near) } : undefined;
}

function candidatesFor({ servers, nearest }: HerdConfig, { place }: Origin): Candidate<ServerConfig>[] {
  return place === undefined ? defaultServers(servers, nearest.defaultServer) : nearestServers(servers, place);
}

/** Rejects unless the server says in time that it is in service. */
async function beThere(server: ServerConfig, env: Env): Promise<void> {
  const isDrained = await inTime(
    isElsewhere(server) ? isDrainedAt(server, env) : serverStub(env, server).isDrained(),
    env,
  );
  if (isDrained) throw new Refusal("taken out of service");
}

async function isDrainedAt(server: ServerElsewhere, env: Env): Promise<boolean> {
  const response = await askDeployment(addressAt(server.url, server), env);
  if (!response.ok) {
    void response.body?.cancel();
    throw new Refusal(`answered HTTP ${response.status}`);
  }
  return readServerStatus(await response.json())?.isDrained === true;
}

/** Rejects if the answer is late. A late answer goes to `drop`. */
async function inTime<Answer>(asked: Promise<Answer>, env: Env, drop?: (late: Answer) => void): Promise<Answer> {
  const { answerSeconds } = herdConfig(env).nearest;
  let isLate = false;
  let timer: number | null = null;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      isLate = true;
      reject(new Refusal(`did not answer in ${answerSeconds} s`));
    }, answerSeconds * 1000);
  });
  const answered = asked.then((answer) => {
    if (isLate) drop?.(answer);
    return answer;
  });
  return Promise.race([answered, late]).finally(() => clearTimeout(timer));
}

/** Ends a connection that came too late. */
function hangUp({ webSocket, body }: Response): void {
  void body?.cancel();
  if (webSocket === null) return;
  webSocket.accept();
  closeSocket(webSocket, 1001, "answered too late");
}

/** Why a server is passed over, in words for clients. */
class Refusal extends Error {}

function failureOf(error: unknown): string {
  if (error instanceof Refusal) return error.message;
  // Only the operator may read why a server failed.
  console.error("A server is passed over:", error);
  return "failed";
}

function named(response: Response, { name }: ServerConfig, distanceKm: number | undefined): Response {
  const headers = new Headers(response.headers);
  headers.set("Herd-Server", name);
  if (distanceKm !== undefined) headers.set("Herd-Distance-Km", String(rounded(distanceKm)));
  const { status, webSocket, body } = response;
  return webSocket === null
    ? new Response(body, { status, headers })
    : new Response(null, { status, headers, webSocket });
}

/** A server's address in another deployment, with the rest of the query. */
function addressAt(url: string, { name }: ServerConfig, asked?: string): URL {
  const address = new URL(`/servers/${name}`, url);
  if (asked !== undefined) address.search = new URL(asked).search;
  address.searchParams.delete("near");
  return address;
}

function rounded(distanceKm: number | undefined): number | null {
  return distanceKm === undefined ? null : Math.round(distanceKm * 10) / 10;
}
