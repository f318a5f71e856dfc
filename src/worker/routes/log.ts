// The log of a server: its last entries, or each new one.
//
// Keeps HC8, AC5 and AC6.

import type { Permissions } from "../../core/access/permissions.ts";
import type { ServerConfig } from "../../core/config/herd-config.ts";
import { selectSubprotocol } from "../auth/shown-token.ts";
import type { Env } from "../env/env.ts";
import { serverStub } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";
import { isUpgrade } from "../respond/upgrade.ts";
import { sinceOf } from "../object/server-log.ts";
import { clientAddressOf } from "../transport/client-address.ts";
import { clientRequest } from "../transport/client-request.ts";

export async function getLog(
  request: Request,
  env: Env,
  server: ServerConfig,
  permissions: Permissions | undefined,
): Promise<Response> {
  let since: string | undefined;
  try {
    since = sinceOf(request.url);
  } catch {
    return problem(400, "?since= takes a time such as 2026-11-22T10:00:00Z", {});
  }
  const stub = serverStub(env, server);
  const path = since === undefined ? "/log" : `/log?since=${since}`;
  if (isUpgrade(request))
    return selectSubprotocol(
      request,
      await stub.fetch(clientRequest(request, path, { permissions, address: clientAddressOf(request) })),
    );
  return new Response(await stub.recentLog(since), { headers: { "Content-Type": "application/x-ndjson" } });
}
