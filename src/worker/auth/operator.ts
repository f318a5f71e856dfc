// Who is an operator: whoever shows the deployment's OPERATOR_TOKEN, or a client's token that says so.
//
// In a herd that asks for neither, what changes the herd is open to requests of this machine alone, and what only reads to
// everybody. This is the one gate: the table of routes names which of the two an address is. Keeps AC5, ED7 and HD8.

import { admit, forbidden, type Admission } from "./admission.ts";
import { showsSecret } from "./bearer-token.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";

/** Admits operators to what changes the herd. */
export async function admitOperator(request: Request, env: Env): Promise<Admission> {
  const { OPERATOR_TOKEN = "" } = env;
  if (await showsSecret(request, OPERATOR_TOKEN)) return { permissions: undefined };
  if (herdConfig(env).auth !== undefined) {
    const { permissions } = await admit(request, env);
    if (permissions?.isOperator === true) return { permissions };
  } else if (OPERATOR_TOKEN === "" && isOfThisMachine(request)) return { permissions: undefined };
  const title =
    OPERATOR_TOKEN === ""
      ? "Only an operator may do this, and this deployment has no OPERATOR_TOKEN: `npx wrangler secret put OPERATOR_TOKEN` gives it one"
      : "Only an operator may do this: show the deployment's OPERATOR_TOKEN as a bearer token";
  return { refusal: problem(401, title, {}, { "WWW-Authenticate": "Bearer" }) };
}

/** Admits operators to what shows everything; in an open herd, everybody. */
export async function admitLogReader(request: Request, env: Env): Promise<Admission> {
  if (await showsSecret(request, env.OPERATOR_TOKEN ?? "")) return { permissions: undefined };
  const admission = await admit(request, env);
  if (admission.permissions?.isOperator !== false) return admission;
  return { refusal: forbidden("The log shows every client's lines: it is for operators") };
}

function isOfThisMachine(request: Request): boolean {
  const { hostname } = new URL(request.url);
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}
