// The state of the herd: `GET /herd`, `GET /metrics` and `GET /health`. Keeps HD2, HD6, HD20
// and HD40.

import { placeOf } from "../../core/geo/nearest-server.ts";
import { openness } from "../auth/openness.ts";
import type { StorageState } from "../../core/contract/status.ts";
import type { Env } from "../env/env.ts";
import { herdConfig, isElsewhere, serverStub, type ServerElsewhere } from "../env/herd.ts";
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
  return new Response(metricsOf(await askHosted(env, (server) => server.status())), {
    headers: { "Content-Type": METRICS_TYPE },
  });
}

/** For a load balancer: 200 while every server of this deployment answers and can store reports. */
export async function getHealth(_request: Request, env: Env): Promise<Response> {
  const asked = await askHosted(env, (server) => server.health());
  const namesOf = (state: StorageState | undefined) =>
    [...asked].filter(([, found]) => found === state).map(([name]) => name);
  const [servers, readOnly, nearlyFull] = [namesOf(undefined), namesOf("read-only"), namesOf("no new clients")];
  if (servers.length + readOnly.length === 0) {
    const note = nearlyFull.length === 0 ? "" : `, but ${nearlyFull.join(", ")}: no room to store new clients`;
    return new Response(`ok${note}\n`, { headers: { "Content-Type": "text/plain" } });
  }
  const named = { servers, readOnly };
  const headers = { "Retry-After": "1" };
  if (servers.length > 0) return problem(503, "Some servers do not answer", named, headers);
  return problem(503, "Some servers take no reports: their storage is full", named, headers);
}

/** What each server of this deployment answers; `undefined` for one that fails, or does not answer in time. */
async function askHosted<Answer>(
  env: Env,
  ask: (server: ReturnType<typeof serverStub>) => Promise<Answer>,
): Promise<Map<string, Answer | undefined>> {
  const hosted = herdConfig(env).servers.filter((server) => !isElsewhere(server));
  const late = scheduler.wait(STATUS_MILLIS_MAX).then(() => undefined);
  const answers = hosted.map(async (server) => {
    const answer = ask(serverStub(env, server)).catch(() => undefined);
    return [server.name, await Promise.race([answer, late])] as const;
  });
  return new Map(await Promise.all(answers));
}

/** The status that a server of another deployment tells. */
async function statusElsewhere({ url, name }: ServerElsewhere, env: Env): Promise<unknown> {
  const signal = AbortSignal.timeout(STATUS_MILLIS_MAX);
  const response = await askDeployment(new URL(`/servers/${name}`, url), env, signal);
  if (!response.ok) throw new Error(`${url} answered HTTP ${response.status}`);
  return response.json();
}
