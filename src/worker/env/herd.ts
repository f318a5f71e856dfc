// The herd that this Worker runs: its configuration, and the one function that turns a server's name into its object.

import { parseHerdConfig, type HerdConfig, type ServerConfig } from "../../core/config/herd-config.ts";
import bundled from "../../../herd.config.json" with { type: "json" };
import type { Env } from "./env.ts";
import type { ServerRpc } from "./server-rpc.ts";

/** Checked once a text: a configuration never changes under a running isolate, but tests run several. */
const checked = new Map<string, HerdConfig>();

/** Throws with every problem if the configuration has any. */
export function herdConfig(env: Env): HerdConfig {
  const text = env.HERD_CONFIG ?? "";
  const known = checked.get(text);
  if (known !== undefined) return known;
  const config = parseHerdConfig(text === "" ? bundled : JSON.parse(text));
  checked.set(text, config);
  return config;
}

export function serverNamed(env: Env, name: string): ServerConfig | undefined {
  return herdConfig(env).servers.find((server) => server.name === name);
}

/** A server of another deployment, which is reached at its address. */
export type ServerElsewhere = ServerConfig & { readonly url: string };

export function isElsewhere(server: ServerConfig): server is ServerElsewhere {
  return server.url !== undefined;
}

/** The Durable Object of a server of this deployment. The hint tells Cloudflare where to create it, the first time. */
export function serverStub(env: Env, { name, locationHint }: ServerConfig): DurableObjectStub<ServerRpc> {
  return env.HERD_SERVER.getByName(name, locationHint === undefined ? {} : { locationHint });
}
