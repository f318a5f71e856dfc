// Taking a server out of service and bringing it back: an operator's request, and what everybody else is told meanwhile.
//
// The server itself keeps the flag, with its storage: no other part of the deployment has to be told, and none can disagree.
// Keeps ED5, ED6 and ED27.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { json } from "../respond/json.ts";

/** The handler of `POST /servers/:name/drain` and `/resume`. It answers how the server then stands. */
export function setService(isDrained: boolean) {
  return async (_request: Request, env: Env, server: ServerConfig): Promise<Response> => {
    const stub = serverStub(env, server);
    await stub.setDrained(isDrained);
    return json(await stub.status());
  };
}
