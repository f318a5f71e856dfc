// A herd in workerd without the development proxy: for benchmarks, and for tests that kill processes.
//
// Facts, 2026-11-22: miniflare starts in 0.3 s; the bundle has to lie below the working directory; `modulesRules`, which
// wrangler gives, does not go together with `modules`.

import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { unstable_getMiniflareWorkerOptions } from "wrangler";
import type { HerdConfig } from "../src/core/herd-config.ts";
import { hostedTcpPorts } from "./herd-file.ts";

export interface MiniflareHerdOptions {
  /** As `bundleWorker` wrote it. */
  readonly bundle: string;
  readonly config: HerdConfig;
  /** For HTTP and WebSocket; 0 for any. */
  readonly port: number;
  /** Directory in which the Durable Objects are kept. */
  readonly state: string;
  /** Variables and secrets, such as LOG_LEVEL and PEER_TOKEN. */
  readonly bindings: Readonly<Record<string, string>>;
}

/** Bundles the Worker as wrangler does, into one file. */
export async function bundleWorker(file: string): Promise<void> {
  await build({
    entryPoints: ["src/worker/index.ts"],
    outfile: file,
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    logLevel: "warning",
  });
}

export function startMiniflareHerd({ bundle, config, port, state, bindings }: MiniflareHerdOptions): Miniflare {
  const { modulesRules: _, ...workerOptions } = unstable_getMiniflareWorkerOptions("wrangler.toml").workerOptions;
  const options = convertV4MiniflareOptions({
    ...workerOptions,
    name: "places-herd",
    modules: [{ type: "ESModule", path: bundle }],
    connectHandlers: hostedTcpPorts(config).map((port) => ({ protocol: "tcp", port })),
    bindings: { ...bindings, HERD_CONFIG: JSON.stringify(config) },
    port,
  });
  return new Miniflare({ ...options, resourcePersistencePath: state });
}
