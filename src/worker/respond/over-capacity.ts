// The answer to a client for whom there is no room now: the server has its connections, or the client said too much.

import type { ConnectionRefusal } from "../../core/access/connection-limits.ts";
import { problem } from "./problem.ts";

/** Long enough that clients who try again do not fill the server with tries. */
const RETRY_SECONDS = "10";

export function overCapacity({ status, title }: ConnectionRefusal): Response {
  return problem(status, title, {}, { "Retry-After": RETRY_SECONDS });
}
