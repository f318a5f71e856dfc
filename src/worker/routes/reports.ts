// `GET /servers/:name/reports`: the reports that a server holds, in pages, for those who may ask about all clients. Keeps WT8.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import { mayAskAll } from "../../core/access/permissions.ts";
import { admit, forbidden } from "../auth/admission.ts";
import { clientAddressOf } from "../transport/client-address.ts";
import type { Env } from "../env/env.ts";
import { herdConfig, serverStub } from "../env/herd.ts";
import { json } from "../respond/json.ts";
import { overCapacity } from "../respond/over-capacity.ts";
import { problem } from "../respond/problem.ts";
import { outOfServiceProblem } from "../respond/out-of-service.ts";

export async function getReports(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const admission = await admit(request, env);
  if ("refusal" in admission) return admission.refusal;
  if (admission.permissions !== undefined && !mayAskAll(admission.permissions))
    return forbidden("The token does not allow questions about all clients");
  const { reportsPage } = herdConfig(env).limits;
  const { searchParams } = new URL(request.url);
  const count = countOf(searchParams.get("count"), reportsPage);
  if (count === undefined) return problem(400, `?count= takes a number from 1 to ${reportsPage}`, {});
  const after = searchParams.get("after") ?? undefined;
  const page = await serverStub(env, server).reports(after, count, clientAddressOf(request));
  if (page === undefined) return outOfServiceProblem(server.name);
  return "refusal" in page ? overCapacity(page.refusal) : json(page);
}

/** `undefined` if the text is no such number. */
function countOf(text: string | null, most: number): number | undefined {
  if (text === null) return most;
  const count = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  return count >= 1 && count <= most ? count : undefined;
}
