// A herd in workerd without the development proxy: for benchmarks, and for tests that kill processes.
//
// Facts, 2026-11-22: miniflare starts in 0.3 s; a module that it reads itself must be below the working directory, so it gets the
// text of the module.

import { readFileSync } from "node:fs";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { hostedTcpPorts } from "../../src/cli/net/herd-file.ts";
import type { WorkerOptions } from "./worker-options.ts";

export interface MiniflareHerdOptions {
  /** Of `workerOptions`. */
  readonly worker: WorkerOptions;
  /** As `bundleWorker` wrote it. */
  readonly bundle: string;
  readonly config: HerdConfig;
  /** For HTTP and WebSocket; 0 for any free port. */
  readonly port: number;
  /** Where that port is; `127.0.0.1` by default. */
  readonly host?: string;
  /** The directory of the Durable Objects' storage. */
  readonly state: string;
  /** Variables and secrets, such as LOG_LEVEL and PEER_TOKEN. */
  readonly bindings: Readonly<Record<string, string>>;
  /** For workerd's inspector, through which a benchmark reads the heap; 0 for any free port. Without it there is no inspector. */
  readonly inspectorPort?: number;
  /** Gets what the servers print, which otherwise goes to this process's output. */
  readonly onPrinted?: (level: string, text: string) => void;
}

/** Bundles the Worker as wrangler does, into one file. `project`: the folder with its sources. */
export async function bundleWorker(file: string, project = "."): Promise<void> {
  await build({
    entryPoints: [`${project}/src/worker/index.ts`],
    outfile: file,
    bundle: true,
    format: "esm",
    conditions: ["workerd"],
    external: ["cloudflare:*"],
    logLevel: "warning",
  });
}

export function startMiniflareHerd(options: MiniflareHerdOptions): Miniflare {
  const { worker, bundle, config, host, port, state, bindings, inspectorPort, onPrinted } = options;
  const converted = convertV4MiniflareOptions({
    ...worker,
    name: "places-herd",
    modules: [{ type: "ESModule", path: "worker.mjs", contents: readFileSync(bundle, "utf8") }],
    connectHandlers: hostedTcpPorts(config).map((port) => ({ protocol: "tcp", port })),
    bindings: { ...bindings, HERD_CONFIG: JSON.stringify(config) },
    port,
    ...(host !== undefined && { host }),
    ...(inspectorPort !== undefined && { inspectorPort }),
    ...(onPrinted !== undefined && { handleStructuredLogs: ({ level, message }) => onPrinted(level, message) }),
  });
  return new Miniflare({ ...converted, resourcePersistencePath: state });
}
