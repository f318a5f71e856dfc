// An operator's work on a server: `npm run herd -- new-epoch` and `restore`. Keeps HD21, HD22 and ST9.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { takesNoWrites } from "../respond/no-writes.ts";
import { problem } from "../respond/problem.ts";

/** Begins a new epoch. This is necessary after a person replaced the storage of the server. */
export async function newEpoch(_request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const epoch = await serverStub(env, server).beginEpoch();
  return typeof epoch === "string"
    ? Response.json({ server: server.name, epoch })
    : takesNoWrites(server.name, epoch.storageProblem);
}

/** Brings the storage of a server back to a time, and begins a new epoch. */
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

/** The data centre of a server. */
export async function getDataCentre(_request: Request, env: Env, server: ServerConfig): Promise<Response> {
  return Response.json({ server: server.name, ...(await serverStub(env, server).dataCentre()) });
}
