// The state of the herd: `GET /herd`, `GET /metrics` and `GET /health`. Keeps HD2, HD6 and HD20.

import { placeOf } from "../../core/geo/nearest-server.ts";
import { openness } from "../auth/openness.ts";
import type { Env } from "../env/env.ts";
import { herdConfig, isElsewhere, serverStub, type ServerElsewhere } from "../env/herd.ts";
import type { ServerObjectStatus } from "../env/server-rpc.ts";
import { json } from "../respond/json.ts";
import { problem } from "../respond/problem.ts";
import { askDeployment } from "./between-deployments.ts";
import { METRICS_TYPE } from "./metrics-text.ts";
import { metricsOf } from "./metrics.ts";

/** The time that a server has to tell its status. */
const STATUS_MILLIS_MAX = 2000;

export async function getHerd(_request: Request, env: Env): Promise<Response> {
  const servers = await Promise.all(
    herdConfig(env).servers.map(async (server) => {
      const { name, neighbours, tcpPort, url } = server;
      const asked: Promise<unknown> = isElsewhere(server)
        ? statusElsewhere(server, env)
        : serverStub(env, server).status();
      const status = await asked.catch((error: unknown) => ({
        error: error instanceof Error ? error.message : String(error),
      }));
      return { name, neighbours, tcpPort, url, place: placeOf(server), status };
    }),
  );
  return json({ ...openness(env), servers });
}

export async function getMetrics(_request: Request, env: Env): Promise<Response> {
  return new Response(metricsOf(await hostedStatuses(env)), { headers: { "Content-Type": METRICS_TYPE } });
}

/** For a load balancer: 200 while every server of this deployment answers. */
export async function getHealth(_request: Request, env: Env): Promise<Response> {
  const statuses = await hostedStatuses(env);
  const silent = [...statuses].filter(([, status]) => status === undefined).map(([name]) => name);
  if (silent.length === 0) return new Response("ok\n", { headers: { "Content-Type": "text/plain" } });
  return problem(503, "Some servers do not answer", { servers: silent }, { "Retry-After": "1" });
}

/** The status of each server of this deployment; `undefined` if it does not tell it in time. */
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

/** The status that a server of another deployment tells. */
async function statusElsewhere({ url, name }: ServerElsewhere, env: Env): Promise<unknown> {
  const signal = AbortSignal.timeout(STATUS_MILLIS_MAX);
  const response = await askDeployment(new URL(`/servers/${name}`, url), env, signal);
  if (!response.ok) throw new Error(`${url} answered HTTP ${response.status}`);
  return response.json();
}
