// What the Worker is given: bindings from wrangler.toml, variables and secrets.

import type { ServerRpc } from "./server-rpc.ts";

export interface Env {
  readonly HERD_SERVER: DurableObjectNamespace<ServerRpc>;
  readonly ASSETS: Fetcher;
  /** "lines" or "events". */
  readonly LOG_LEVEL?: string;
  /** A whole herd.config.json as text, in place of the bundled one: another topology, other ports. */
  readonly HERD_CONFIG?: string;
  /** Secret: what servers of other deployments show to feed ours, and ours show to them. */
  readonly PEER_TOKEN?: string;
  /** Secret: what an operator shows to change how the herd runs. Without it, only requests of this machine may. */
  readonly OPERATOR_TOKEN?: string;
  /** Secret: what clients' tokens are signed with, where `auth` names HS… algorithms. 32 bytes or more. */
  readonly AUTH_SECRET?: string;
  /** Secret: the one before it, whose tokens still count. */
  readonly AUTH_SECRET_PREVIOUS?: string;
  /** Set by `npm start`: this herd runs on somebody's own machine. */
  readonly HERD_LOCAL?: string;
  /** Secret: a key for Google's Places APIs. Without it those providers are left out. */
  readonly GOOGLE_PLACES_KEY?: string;
}
