// The herd of this Worker: its configuration, and the one function that finds the object of a server.

import { parseHerdConfig, type HerdConfig, type ServerConfig } from "../../core/config/herd-config.ts";
import bundled from "../../../herd.config.json" with { type: "json" };
import type { Env } from "./env.ts";
import type { ServerRpc } from "./server-rpc.ts";

/** Each text is checked once. An isolate has one configuration all its life, but a test has several. */
const checked = new Map<string, HerdConfig>();

/** Throws an error with all problems of the configuration, if it has any. */
export function herdConfig(env: Env): HerdConfig {
  const text = env.HERD_CONFIG ?? "";
  const known = checked.get(text);
  if (known !== undefined) return known;
  const config = text === "" ? parseHerdConfig(bundled) : parseHerdConfig(JSON.parse(text), { file: "HERD_CONFIG" });
  checked.set(text, config);
  return config;
}

export function serverNamed(env: Env, name: string): ServerConfig | undefined {
  return herdConfig(env).servers.find((server) => server.name === name);
}

/** A server of another deployment, at its address. */
export type ServerElsewhere = ServerConfig & { readonly url: string };

export function isElsewhere(server: ServerConfig): server is ServerElsewhere {
  return server.url !== undefined;
}

/** The Durable Object of a server of this deployment. When it is new, the hint tells Cloudflare where to create it. */
export function serverStub(env: Env, { name, locationHint }: ServerConfig): DurableObjectStub<ServerRpc> {
  return env.HERD_SERVER.getByName(name, locationHint === undefined ? {} : { locationHint });
}
