// Who is an operator: a request with the deployment's OPERATOR_TOKEN, or with a client's token that says so.
//
// Where a request comes from makes nobody one: other people, programs and proxies of this machine come from it too. A herd that
// asks for no tokens lets everybody read its logs. This is the only gate: the table of addresses says which of the two an
// address needs. Keeps AC5, ED7 and HD8.

import { admit, forbidden, type Admission } from "./admission.ts";
import { showsOperatorToken } from "./bearer-token.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";
import { shortSecretAnswer } from "./secret-trouble.ts";

/** Admits operators to an address that changes the herd. */
export async function admitOperator(request: Request, env: Env): Promise<Admission> {
  const { OPERATOR_TOKEN = "" } = env;
  if (await showsOperatorToken(request, env)) return { permissions: undefined };
  if (herdConfig(env).auth !== undefined) {
    const { permissions } = await admit(request, env);
    if (permissions?.isOperator === true) return { permissions };
  }
  const short = shortSecretAnswer("OPERATOR_TOKEN", env);
  if (short !== undefined) return { refusal: short };
  const title =
    OPERATOR_TOKEN === ""
      ? "Only an operator may do this, and this deployment has no OPERATOR_TOKEN: `npx wrangler secret put OPERATOR_TOKEN` gives it one, and .dev.vars on your own machine"
      : "Only an operator may do this: show the OPERATOR_TOKEN of the herd as a bearer token. `npm start` prints an address of the page that has it";
  return { refusal: problem(401, title, {}, { "WWW-Authenticate": "Bearer" }) };
}

/** Admits operators to a log. In a herd that asks for no token, it admits everybody. */
export async function admitLogReader(request: Request, env: Env): Promise<Admission> {
  if (await showsOperatorToken(request, env)) return { permissions: undefined };
  const admission = await admit(request, env);
  if (admission.permissions?.isOperator !== false) return admission;
  return { refusal: forbidden("The log shows every client's lines: it is for operators") };
}
