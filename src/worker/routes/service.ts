// Taking a server out of service and bringing it back: an operator's request, and what everybody else is told meanwhile.
//
// The server itself keeps the flag, with its storage: no other part of the deployment has to be told, and none can disagree.
// Keeps ED5, ED6 and ED7.

import type { IRequestStrict } from "itty-router";
import { outOfService } from "../../core/contract/close-reason.ts";
import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { json } from "../respond/json.ts";
import { problem } from "../respond/problem.ts";

/** What an operator does takes minutes, not seconds. */
const RETRY_SECONDS = 60;

/** The handler of `POST /servers/:name/down` and `/up`. It answers how the server then stands. */
export function setService(isDrained: boolean) {
  return async (_request: IRequestStrict, env: Env, server: ServerConfig): Promise<Response> => {
    const stub = serverStub(env, server);
    await stub.setDrained(isDrained);
    return json(await stub.status());
  };
}

/** The answer of a server that is out of service to whoever wants to connect or be answered. */
export function outOfServiceProblem(server: string): Response {
  const { reason } = outOfService(server);
  return problem(503, reason, { addresses: ["/nearest"] }, { "Retry-After": String(RETRY_SECONDS) });
}
