// The answer to an operator whose command cannot be stored. Keeps ST9.

import { problem } from "./problem.ts";

export function takesNoWrites(server: string, storageProblem: string): Response {
  return problem(503, `${server} changes nothing: ${storageProblem}`, {}, { "Retry-After": "10" });
}
