// The answer to a client that a limit stops: the server has all its connections, or the client sent too much.

import type { ConnectionRefusal } from "../../core/access/connection-limits.ts";
import { problem } from "./problem.ts";

/** It is long enough that repeated tries do not fill the server. */
const RETRY_SECONDS = "10";

export function overCapacity({ status, title }: ConnectionRefusal): Response {
  return problem(status, title, {}, { "Retry-After": RETRY_SECONDS });
}
