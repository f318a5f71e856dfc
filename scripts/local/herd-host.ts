// The process in which a herd of `npm start` runs: it starts workerd, and ends with whoever started it.
//
// It leads a process group of its own, to which workerd belongs. When the process that started it is gone, in whatever way,
// the channel between the two breaks, and the whole group ends at once: nothing serves without its logs. Keeps HD33.

import { readFileSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseEnv } from "node:util";
import { stop as stopBundler } from "esbuild";
import type { HerdConfig } from "../../src/core/config/herd-config.ts";
import { bundleWorker, startMiniflareHerd } from "./miniflare-herd.ts";
import { makePrivate, PRIVATE_UMASK } from "./private-files.ts";
import { workerOptions } from "./worker-options.ts";

/** What it is asked for. */
export type HostRequest = HostedHerd | { readonly type: "stop" };

export interface HostedHerd {
  readonly type: "start";
  readonly config: HerdConfig;
  readonly port: number;
  readonly state: string;
  readonly logLevel: string;
  /** Absent where there are none. */
  readonly secretsFile?: string;
  /** Absent where the secrets have one. */
  readonly operatorToken?: string;
  /** A directory of this herd's own, which goes with it. */
  readonly directory: string;
}

/** What it says. */
export type HostAnswer = { readonly type: "ready" } | { readonly type: "failed"; readonly reason: string };

/** The folder with the sources: the project, or the installed package. */
const PROJECT = fileURLToPath(new URL("../..", import.meta.url));

// workerd makes the files of the storage.
process.umask(PRIVATE_UMASK);

let directory: string | undefined;
let stop: (() => Promise<void>) | undefined;

process.on("message", (request: HostRequest) => {
  if (request.type === "start") void start(request);
  else void Promise.resolve(stop?.()).finally(() => process.exit(0));
});
process.on("disconnect", () => {
  if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  process.kill(-process.pid, "SIGKILL");
});
// Whoever reads this output may be gone: the channel tells.
for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);

async function start(herd: HostedHerd): Promise<void> {
  try {
    directory = herd.directory;
    const storage = `${herd.state}/v3`;
    await makePrivate(storage);
    const bundle = `${directory}/worker.mjs`;
    await bundleWorker(bundle, PROJECT);
    // The bundler is a process of 50 MB.
    await stopBundler();
    const miniflare = startMiniflareHerd({
      worker: workerOptions(),
      bundle,
      config: herd.config,
      host: "localhost",
      port: herd.port,
      state: storage,
      bindings: {
        ...secretsIn(herd.secretsFile),
        ...(herd.operatorToken !== undefined && { OPERATOR_TOKEN: herd.operatorToken }),
        LOG_LEVEL: herd.logLevel,
        HERD_LOCAL: "yes",
      },
      onPrinted: (_level, text) => process.stderr.write(`${text}\n`),
    });
    stop = () => miniflare.dispose();
    await miniflare.ready;
    say({ type: "ready" });
  } catch (error) {
    say({ type: "failed", reason: error instanceof Error ? error.message : String(error) });
  }
}

function secretsIn(file: string | undefined): NodeJS.Dict<string> {
  return file === undefined ? {} : parseEnv(readFileSync(file, "utf8"));
}

function say(answer: HostAnswer): void {
  process.send?.(answer);
}
