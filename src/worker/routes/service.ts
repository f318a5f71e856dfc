// An operator drains a server, and resumes it.
//
// The server keeps the flag in its own storage. No other part of the deployment has it, so none can disagree.
// Keeps ED5, ED6, ED27 and ST9.

import type { ServerConfig } from "../../core/config/herd-config.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { json } from "../respond/json.ts";
import { takesNoWrites } from "../respond/no-writes.ts";

/** The handler of `POST /servers/:name/drain` and `/resume`. It answers with the new status of the server. */
export function setService(isDrained: boolean) {
  return async (_request: Request, env: Env, server: ServerConfig): Promise<Response> => {
    const stub = serverStub(env, server);
    const refused = await stub.setDrained(isDrained);
    if (refused !== undefined) return takesNoWrites(server.name, refused.storageProblem);
    return json(await stub.status());
  };
}
