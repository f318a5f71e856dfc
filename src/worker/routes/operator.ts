// What an operator may do to a server: `npm run herd -- new-epoch` and `restore`.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";

/** Begins a new epoch, after other storage was put under the server by hand. */
export async function newEpoch(_request: Request, env: Env, server: ServerConfig): Promise<Response> {
  return Response.json({ server: server.name, epoch: await serverStub(env, server).beginEpoch() });
}

/** Brings a server's storage back to a time, and begins a new epoch on it. */
export async function restore(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const at = new URL(request.url).searchParams.get("at") ?? "";
  const millis = Date.parse(at);
  if (!/^\d{4}-\d\d-\d\dT/.test(at) || Number.isNaN(millis) || millis > Date.now())
    return problem(400, "?at= takes a time of the last 30 days, such as 2026-11-22T10:00:00Z", {});
  try {
    await serverStub(env, server).restoreTo(millis);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (!reason.includes("point-in-time recovery")) throw error;
    const title = `${server.name} runs where there is no point-in-time recovery: stop the herd, put a copy of its files back, start it, and run new-epoch`;
    return problem(501, title, {});
  }
  return newEpoch(request, env, server);
}

/** Where a server's object runs. */
export async function getDataCentre(_request: Request, env: Env, server: ServerConfig): Promise<Response> {
  return Response.json({ server: server.name, ...(await serverStub(env, server).dataCentre()) });
}
