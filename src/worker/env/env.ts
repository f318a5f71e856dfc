// The environment of the Worker: bindings from wrangler.toml, variables and secrets.

import type { ServerRpc } from "./server-rpc.ts";

export interface Env {
  readonly HERD_SERVER: DurableObjectNamespace<ServerRpc>;
  readonly ASSETS: Fetcher;
  /** "lines" or "events". */
  readonly LOG_LEVEL?: string;
  /** The text of another herd.config.json, which replaces the bundled one: another topology, other ports. */
  readonly HERD_CONFIG?: string;
  /** Secret: servers of other deployments show it to feed ours, and ours show it to them. */
  readonly PEER_TOKEN?: string;
  /** Secret: an operator shows it. `npm start` makes one if there is none. */
  readonly OPERATOR_TOKEN?: string;
  /** Secret: it signs clients' tokens if `auth` names HS… algorithms. 32 bytes or more. */
  readonly AUTH_SECRET?: string;
  /** Secret: the `AUTH_SECRET` before this one. Tokens that it signed still count. */
  readonly AUTH_SECRET_PREVIOUS?: string;
  /** `npm start` sets it: this herd runs on a person's own machine. */
  readonly HERD_LOCAL?: string;
  /** Secret: a key for Google's Places APIs. Without it, these providers are left out. */
  readonly GOOGLE_PLACES_KEY?: string;
}
