// The addresses that the tools beneath bring along: none of them may be served beside a herd's own.
//
// They are taken from the tools' sources as they are installed, so a new version that brings another one is noticed.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { HerdProcess } from "../support/herd-process.ts";

const MINIFLARE = "node_modules/miniflare/dist/src";
const WRANGLER = "node_modules/wrangler/wrangler-dist";

/** Made by miniflare for itself: it asks for a secret of the process, and no option leaves it out. */
const PROXY = "/cdn-cgi/local/platform-proxy";

let herd: HerdProcess;

beforeAll(async () => {
  herd = await HerdProcess.create();
  await herd.start();
});

afterAll(() => herd.remove());

/** Every such address in the tools' sources, and below each what they serve there. */
async function knownAddresses(): Promise<string[]> {
  const workers = (await readdir(join(MINIFLARE, "workers/core"))).map((name) => join(MINIFLARE, "workers/core", name));
  const files = [
    join(MINIFLARE, "index.js"),
    ...workers,
    ...["cli", "ProxyWorker", "InspectorProxyWorker"].map((name) => join(WRANGLER, `${name}.js`)),
  ];
  const found = new Set<string>();
  for (const file of files)
    for (const [address] of (await readFile(file, "utf8")).matchAll(/\/(?:cdn-cgi|__cf_local)(?:\/[\w.-]+)+/g))
      found.add(address);
  for (const former of ["handler", "mf", "local"])
    for (const what of ["scheduled", "email"]) found.add(`/cdn-cgi/${former}/${what}`);
  for (const explorer of ["/cdn-cgi/explorer", "/cdn-cgi/local/explorer"])
    for (const below of ["", "/api", "/api/workers/durable_objects/namespaces", "/api/d1/database"])
      found.add(`${explorer}${below}`);
  return [...found];
}

test("[HD31] every address that the installed tools know is 404, whatever the method", async () => {
  const addresses = await knownAddresses();
  expect(addresses).toEqual(expect.arrayContaining([PROXY, "/cdn-cgi/local/scheduled", "/cdn-cgi/local/explorer/api"]));
  expect(addresses.length).toBeGreaterThan(15);
  for (const address of addresses)
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      const { status } = await fetch(`${herd.url}${address}`, { method });
      expect(`${method} ${address} ${status}`).toBe(`${method} ${address} ${address === PROXY ? 400 : 404}`);
    }
  const asTool = { "MF-Op": "GET", "MF-Op-Target": "0", "MF-Op-Secret": "00" };
  expect((await fetch(`${herd.url}${PROXY}`, { headers: asTool })).status).toBe(401);
});

test("[HD36] npx wrangler dev in the project has no explorer and no traces", async () => {
  const [port = 0] = await findFreePorts(1);
  const state = join(herd.directory, "wrangler-state");
  // An environment that takes no fixed TCP ports.
  const args = [
    "wrangler",
    "dev",
    "--env",
    "test",
    "--port",
    String(port),
    "--inspector-port",
    "0",
    "--persist-to",
    state,
  ];
  const child = spawn("npx", args, {
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
  });
  const closed = once(child, "close");
  try {
    const printed: string[] = [];
    await new Promise<void>((resolve, reject) => {
      child.once("close", () => reject(new Error(`wrangler dev ended:\n${printed.join("\n")}`)));
      for (const stream of [child.stdout, child.stderr])
        createInterface({ input: stream }).on("line", (line) => {
          printed.push(line);
          if (line.includes("Ready on")) resolve();
        });
    });
    const url = `http://localhost:${port}`;
    expect((await fetch(`${url}/servers/Alford`)).status).toBe(200);
    for (const address of [
      "/cdn-cgi/explorer",
      "/cdn-cgi/local/explorer",
      "/cdn-cgi/local/explorer/api/workers/durable_objects/namespaces",
    ])
      expect((await fetch(`${url}${address}`)).status).toBe(404);
    // Traces would be kept beside the servers' storage.
    expect((await readdir(state, { recursive: true })).filter((name) => /observability|trace/i.test(name))).toEqual([]);
  } finally {
    process.kill(-(child.pid ?? 0), "SIGKILL");
    await closed;
  }
});
