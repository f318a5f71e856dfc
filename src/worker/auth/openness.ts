// A herd without `auth` says so: loudly where strangers can come, mildly on somebody's own machine. Keeps AC10.

import type { LogEntry } from "../../core/contract/log-entry.ts";
import type { Env } from "../env/env.ts";
import { herdConfig } from "../env/herd.ts";

const WARNING =
  "Anyone who can reach this herd may report for any client, ask about any and read the logs: " +
  "set auth in herd.config.json, as docs/secure.md says.";

const NOTE = "nobody is asked for a token; docs/secure.md says how to change that";

/** For `/herd`. */
export function openness(env: Env): { readonly auth: "open" | "tokens"; readonly warning?: string } {
  if (herdConfig(env).auth !== undefined) return { auth: "tokens" };
  return { auth: "open", ...(!isLocal(env) && { warning: WARNING }) };
}

/** For the log of a server that starts; `undefined` if the herd asks for tokens. */
export function opennessEntry(env: Env): LogEntry | undefined {
  if (herdConfig(env).auth !== undefined) return undefined;
  return isLocal(env) ? { event: "open to all", note: NOTE } : { event: "open to all", warning: WARNING };
}

/** Whether this herd runs on somebody's own machine. */
export function isLocal({ HERD_LOCAL = "" }: Env): boolean {
  return HERD_LOCAL !== "";
}
