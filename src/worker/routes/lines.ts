// The address of a server: lines over a WebSocket or a POST, and its status without either.
//
// Keeps AC2, AC22, LI10 and HD2.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { TransportKind } from "../../core/protocol/connection.ts";
import { admitClient, type Admission } from "../auth/admission.ts";
import { selectSubprotocol } from "../auth/shown-token.ts";
import type { Env } from "../env/env.ts";
import { herdConfig, serverStub } from "../env/herd.ts";
import { noLines, readAtMost } from "../respond/bounded-body.ts";
import { json } from "../respond/json.ts";
import { outOfServiceProblem } from "../respond/out-of-service.ts";
import { overCapacity } from "../respond/over-capacity.ts";
import { problem } from "../respond/problem.ts";
import { clientAddressOf } from "../transport/client-address.ts";
import { clientRequest } from "../transport/client-request.ts";
import { countsFor } from "./between-deployments.ts";
import { connectionOptionsOf, isInvalidOption, type InvalidOption } from "../transport/connection-options.ts";

/** Without `Upgrade`: the status of the server. */
export async function getStatus(_request: Request, env: Env, server: ServerConfig): Promise<Response> {
  return json(await serverStub(env, server).status());
}

/** With `Upgrade`: a client's connection. */
export async function connectClient(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const admission = await admitClient(request, env);
  if ("refusal" in admission) return refused(admission, "websocket", env, server);
  const options = connectionOptionsOf(request.url);
  if (isInvalidOption(options)) return invalidOption(options);
  const { search } = new URL(request.url);
  const { permissions } = admission;
  const address = await countsFor(request, env);
  const inside = clientRequest(request, `/client${search}`, { permissions, address });
  return selectSubprotocol(request, await serverStub(env, server).fetch(inside));
}

/** Takes lines, and gives their answers. */
export async function postLines(request: Request, env: Env, server: ServerConfig): Promise<Response> {
  const { messageBytes } = herdConfig(env).limits;
  const admission = await admitClient(request, env);
  if ("refusal" in admission) return refused(admission, "post", env, server);
  const options = connectionOptionsOf(request.url);
  if (isInvalidOption(options)) return invalidOption(options);
  const encoding = request.headers.get("Content-Encoding") ?? "identity";
  if (encoding.toLowerCase() !== "identity")
    return problem(415, "The lines of a POST come as they are, not compressed", {}, { "Accept-Encoding": "identity" });
  const lines = await readAtMost(request, messageBytes);
  if (typeof lines === "string") return noLines(lines, messageBytes, ["POST /servers/:name with lines as text"]);
  const answers = await serverStub(env, server).answer(lines, options, admission.permissions, clientAddressOf(request));
  if (answers === undefined) return outOfServiceProblem(server.name);
  if ("refusal" in answers) return overCapacity(answers.refusal);
  return new Response(answers, { headers: { "Content-Type": "text/plain; charset=utf-8" } });
}

/** What the herd itself cannot do stands in the server's log too. */
async function refused(
  { refusal, trouble }: Extract<Admission, { readonly refusal: Response }>,
  via: TransportKind,
  env: Env,
  server: ServerConfig,
): Promise<Response> {
  if (trouble !== undefined) await serverStub(env, server).noteRefusal(via, trouble);
  return refusal;
}

function invalidOption({ invalid, values }: InvalidOption): Response {
  const title = values.length === 1 ? `?${invalid}= takes one value` : `?${invalid}= takes one of two values`;
  return problem(400, title, { values });
}
