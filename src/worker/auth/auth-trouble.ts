// A herd that asks for tokens and cannot check them says so in the log of each server that starts. Keeps AC22.

import { authSecretProblem, needsAuthSecret } from "../../core/config/auth-config.ts";
import type { LogEntry } from "../../core/contract/log-entry.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";

/** `undefined` if tokens can be checked, or nobody is asked for one. */
export function authTroubleEntry(env: Env): LogEntry | undefined {
  if (!needsAuthSecret(herdConfig(env))) return undefined;
  const reason = authSecretProblem(env.AUTH_SECRET ?? "");
  return reason === undefined
    ? undefined
    : { event: "cannot check tokens", reason: `the herd asks for tokens: ${reason}` };
}
