// From a request to the handler of its address.
//
// The table of addresses says what exists. A request names a server, and the object of that server does the rest. The answer to
// a wrong address lists the right ones. Keeps HD14, HD15, HD29, HD37, LI8, LI31, LI41 and LI42.

import { Router, type IRequestStrict } from "itty-router";
import type { HerdConfig, ServerConfig } from "../../core/config/herd-config.ts";
import { refuseTokenInQuery, type Admission } from "../auth/admission.ts";
import { isLocal } from "../auth/openness.ts";
import { admitLogReader, admitOperator } from "../auth/operator.ts";
import type { Env } from "../env/env.ts";
import { herdConfig, isElsewhere, serverNamed } from "../env/herd.ts";
import { crossOriginAnswer, foreignOriginRefusal, type PagesAllowed } from "../respond/cross-origin.ts";
import { unknownHostAnswer } from "../respond/known-host.ts";
import { problem } from "../respond/problem.ts";
import { withSecurityHeaders } from "../respond/security-headers.ts";
import { isUpgrade } from "../respond/upgrade.ts";
import { getPageFile } from "./page.ts";
import { ADDRESS_LINES, ADDRESSES, METHODS, type Address } from "./addresses.ts";
import { queryRefusal } from "./query.ts";
import { requestRateRefusal } from "./request-rate.ts";
import { HERD_HANDLERS, SERVER_HANDLERS, type Handler, type HerdHandler } from "./handlers.ts";

const ALL_METHODS = [...new Set([...METHODS.values()].flat())];

export const router = Router<IRequestStrict, [Env]>({
  before: [refuseUnknownHost, (request, env) => crossOriginAnswer(request, pagesAllowed(env), ALL_METHODS)],
  catch: unavailable,
  finally: [(response: Response, request, env) => withSecurityHeaders(response, request, pagesAllowed(env))],
});

router
  .all("*", refuseTokenInQuery)
  .get(
    "/page/:file",
    async (request: IRequestStrict, env: Env) =>
      (await requestRateRefusal(request, env, 1)) ?? getPageFile(request, env, request.params["file"] ?? ""),
  );

type Route = { readonly address: Address } & (
  | { readonly handleHerd: HerdHandler }
  | { readonly handleServer: Handler }
);

const ROUTES: readonly Route[] = [
  ...(Object.keys(HERD_HANDLERS) as (keyof typeof HERD_HANDLERS)[]).map((name) => ({
    address: ADDRESSES[name],
    handleHerd: HERD_HANDLERS[name],
  })),
  ...(Object.keys(SERVER_HANDLERS) as (keyof typeof SERVER_HANDLERS)[]).map((name) => ({
    address: ADDRESSES[name],
    handleServer: SERVER_HANDLERS[name],
  })),
];

/** Lets only some in. */
const ADMIT: Readonly<Record<NonNullable<Address["by"]>, (request: Request, env: Env) => Promise<Admission>>> = {
  operator: admitOperator,
  "log reader": admitLogReader,
};

for (const [path, methods] of METHODS) {
  const routes = ROUTES.filter(({ address }) => address.path === path);
  router.all(path, (request, env) => answer(request, env, routes, methods));
}

router.all(
  "*",
  async (request, env) =>
    (await requestRateRefusal(request, env, 1)) ??
    problem(404, "Nothing is at this address", { addresses: ADDRESS_LINES }),
);

/** A deployed herd is asked at no host but its own. */
function refuseUnknownHost(request: Request, env: Env): Response | undefined {
  return isLocal(env) ? unknownHostAnswer(request, herdConfig(env).limits.hosts) : undefined;
}

function pagesAllowed(env: Env): PagesAllowed {
  return { origins: herdConfig(env).limits.origins, isLocal: isLocal(env) };
}

/** The answer of a path that has these routes. */
async function answer(
  request: IRequestStrict,
  env: Env,
  routes: readonly Route[],
  methods: readonly string[],
): Promise<Response> {
  const config = herdConfig(env);
  const route = routeOf(request, routes);
  const tooMany = await requestRateRefusal(request, env, costOf(route?.address, config));
  if (tooMany !== undefined) return tooMany;
  const name = request.params["name"];
  const server = name === undefined ? undefined : serverOf(name, env);
  if (server instanceof Response) return server;
  if (route === undefined) return wrongMethod(methods);
  const { by } = route.address;
  const refusal =
    (by === undefined ? undefined : foreignOriginRefusal(request)) ?? queryRefusal(request, route.address);
  if (refusal !== undefined) return refusal;
  const admission = by === undefined ? { permissions: undefined } : await ADMIT[by](request, env);
  if ("refusal" in admission) return admission.refusal;
  if ("handleHerd" in route) return route.handleHerd(request, env);
  if (server === undefined) throw new Error(`Cannot answer ${route.address.path}: it names no server`);
  return route.handleServer(request, env, server, admission.permissions);
}

/** As how many requests this one counts. */
function costOf(address: Address | undefined, { servers }: HerdConfig): number {
  if (address?.costs === "lines") return 0;
  return address?.costs === "each server" ? servers.length : 1;
}

/** The route of this method that fits the `Upgrade` header. */
function routeOf(request: Request, routes: readonly Route[]): Route | undefined {
  const upgrade = isUpgrade(request) ? "with" : "without";
  const ofMethod = routes.filter(({ address }) => address.method === request.method);
  // An address that only takes upgrades says so itself.
  return ofMethod.find(({ address }) => (address.upgrade ?? upgrade) === upgrade) ?? ofMethod[0];
}

function serverOf(name: string, env: Env): ServerConfig | Response {
  const server = serverNamed(env, name);
  if (server !== undefined && isElsewhere(server))
    return problem(421, `${name} runs in another deployment`, { addresses: [server.url] });
  if (server !== undefined) return server;
  const servers = herdConfig(env).servers.map((other) => other.name);
  return problem(404, `The herd has no server named ${JSON.stringify(name)}`, { servers });
}

function wrongMethod(methods: readonly string[]): Response {
  const allowed = methods.join(", ");
  return problem(405, `This address takes ${allowed}`, { addresses: ADDRESS_LINES }, { Allow: allowed });
}

/** The object of a server may end while it answers: by a deploy, an overload, or a turn that failed. No stack reaches a client. */
function unavailable(error: unknown): Response {
  console.error("Cannot answer a request:", error);
  return problem(503, "The server may be starting again: try once more", {}, { "Retry-After": "1" });
}
