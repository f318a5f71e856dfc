// The Worker: HTTP goes to the router, and TCP to the server whose port it came in on.

import { tcpConnection } from "./routes/tcp-connection.ts";
import type { Env } from "./env/env.ts";
import { router } from "./routes/router.ts";

export { ServerObject } from "./object/server-object.ts";
export { StorageTrial } from "./object/storage-trial.ts";

export default {
  fetch: (request, env) => router.fetch(request, env),
  connect: (socket, env) => tcpConnection(socket, env),
} satisfies ExportedHandler<Env>;
