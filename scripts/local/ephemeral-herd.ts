// An ephemeral herd: in workerd, on a free port, with storage that is removed in the end.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHerdConfig } from "../../src/cli/net/herd-file.ts";
import { bundleWorker, startMiniflareHerd } from "./miniflare-herd.ts";
import { workerOptions } from "./worker-options.ts";
import { findFreePorts } from "./ports.ts";

/** Runs the bundled herd while `use` runs, which gets its address and the names of its servers. */
export async function withEphemeralHerd<Result>(
  use: (url: string, servers: readonly string[]) => Promise<Result>,
): Promise<Result> {
  const state = await mkdtemp(join(tmpdir(), "places-herd-"));
  const bundled = await readHerdConfig("herd.config.json");
  const tcpPorts = await findFreePorts(bundled.servers.length);
  const servers = bundled.servers.map((server, index) => ({ ...server, tcpPort: tcpPorts[index] }));
  // Miniflare takes a bundle only below the working directory.
  const bundle = join(".wrangler", "ephemeral", `${tcpPorts[0]}.mjs`);
  await mkdir(join(".wrangler", "ephemeral"), { recursive: true });
  await bundleWorker(bundle);
  const herd = startMiniflareHerd({
    worker: workerOptions(),
    bundle,
    config: { ...bundled, servers },
    port: 0,
    state,
    bindings: { LOG_LEVEL: "events", HERD_LOCAL: "yes" },
    onPrinted: () => undefined,
  });
  try {
    const { href } = await herd.ready;
    return await use(
      href,
      servers.map(({ name }) => name),
    );
  } finally {
    await herd.dispose();
    await rm(state, { recursive: true, force: true });
    await rm(bundle, { force: true });
  }
}
