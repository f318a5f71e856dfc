// A herd of one server in this process, whose tokens somebody else signs and publishes the keys of.

import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { parseHerdConfig } from "../../src/core/config/herd-config.ts";
import bundled from "../../herd.config.json" with { type: "json" };
import { bundleWorker, startMiniflareHerd } from "../../scripts/local/miniflare-herd.ts";
import { workerOptions } from "../../scripts/local/worker-options.ts";
import { findFreePorts } from "../../scripts/local/ports.ts";

export const AUDIENCE = "this-herd";

/** A key, and tokens that are signed with it. */
export async function keyPair(kid: string) {
  const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), kid };
  const token = (audience = AUDIENCE) =>
    new SignJWT({ sub: "kiwi", aud: audience })
      .setProtectedHeader({ alg: "ES256", kid })
      .setExpirationTime("1h")
      .sign(privateKey);
  return { jwk, token };
}

/** Runs it. `printed` gets what its server prints. */
export async function runSignedHerd(auth: Readonly<Record<string, unknown>>, printed: string[] = []) {
  const [port = 0] = await findFreePorts(1);
  const directory = await mkdtemp(join(tmpdir(), "places-herd-"));
  // Miniflare takes a bundle only below the working directory.
  const bundle = join(".wrangler", "test", `${port}.mjs`);
  await mkdir(join(".wrangler", "test"), { recursive: true });
  await bundleWorker(bundle);
  const miniflare = startMiniflareHerd({
    worker: workerOptions(),
    bundle,
    config: parseHerdConfig({ ...bundled, servers: [{ name: "Alford", neighbours: [] }], auth }),
    port,
    state: directory,
    bindings: {},
    onPrinted: (_level: string, text: string) => printed.push(text),
  });
  const { href } = await miniflare.ready;
  return {
    url: href,
    answerTo: (token: string, init: RequestInit = {}) =>
      fetch(new URL("/servers/Alford", href), {
        method: "POST",
        body: "HELLO",
        headers: { Authorization: `Bearer ${token}` },
        ...init,
      }),
    end: async () => {
      await miniflare.dispose();
      await rm(bundle, { force: true });
      await rm(directory, { recursive: true, force: true });
    },
  };
}
