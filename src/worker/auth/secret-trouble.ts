// A herd that lacks a secret, or has one that is too short to count, says so: in the log of each server that starts, and to
// those whom it keeps out for that. Keeps AC22 and HD51.

import { needsAuthSecret } from "../../core/config/auth-config.ts";
import { SECRET_MAKER, secretProblem } from "../../core/config/secrets.ts";
import type { LogEntry } from "../../core/contract/log-entry.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";
import { problem } from "../respond/problem.ts";

/** Those that others show as they are. Without one, its addresses are closed. */
type ShownSecret = "OPERATOR_TOKEN" | "PEER_TOKEN";

/** For the log of a server that starts. */
export function secretTroubles(env: Env): LogEntry[] {
  const signing = needsAuthSecret(herdConfig(env)) ? secretProblem("AUTH_SECRET", env.AUTH_SECRET ?? "") : undefined;
  const reasons = [
    signing && `the herd asks for tokens: ${signing}`,
    shortSecret("OPERATOR_TOKEN", env),
    shortSecret("PEER_TOKEN", env),
  ];
  return reasons.flatMap((reason) => (reason === undefined ? [] : [{ event: "cannot check tokens", reason }]));
}

/** The answer to somebody who may have shown a secret that does not count; `undefined` if it does, or there is none. */
export function shortSecretAnswer(name: ShownSecret, env: Env): Response | undefined {
  const reason = shortSecret(name, env);
  return reason === undefined ? undefined : problem(503, `The herd cannot check this: ${reason}`, {});
}

function shortSecret(name: ShownSecret, env: Env): string | undefined {
  const secret = env[name] ?? "";
  const reason = secret === "" ? undefined : secretProblem(name, secret);
  return reason && `${reason}. \`${SECRET_MAKER}\` makes one`;
}
