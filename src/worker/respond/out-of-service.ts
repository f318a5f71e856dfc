// The answer of a server that is out of service to a client that wants to connect or be answered. Keeps ED21.

import { drained } from "../../core/contract/close-reason.ts";
import { problem } from "./problem.ts";

/** What an operator does takes minutes, not seconds. */
const RETRY_SECONDS = 60;

export function outOfServiceProblem(server: string): Response {
  return problem(503, drained(server).text, { addresses: ["/nearest"] }, { "Retry-After": String(RETRY_SECONDS) });
}
