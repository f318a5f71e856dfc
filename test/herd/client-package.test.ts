// The published library: what the package contains, its types as another program's compiler sees them, the code of docs/use.md, and
// the module in workerd while its server is killed.

import { readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import { build } from "esbuild";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { JourneyOutcome } from "../support/client-journey.ts";
import { packClient, run, type ClientPackage } from "../support/client-package.ts";
import { HerdApart } from "../support/herd-apart.ts";
import type { JourneyRequest } from "../support/journey-worker.ts";

let published: ClientPackage;
let apart: HerdApart;

beforeAll(async () => {
  published = await packClient();
  apart = await HerdApart.create();
  await apart.start("Alford");
});

afterAll(() => Promise.all([published.remove(), apart.remove()]));

/** Checks the types of files in the folder of a program that uses the package. */
function compile(files: readonly string[], resolution = "bundler", module = "esnext"): void {
  const options = ["--noEmit", "--strict", "--target", "es2024", "--lib", "esnext,dom,dom.iterable", "--types", ""];
  const modules = ["--moduleResolution", resolution, "--module", module];
  run(resolve("node_modules/.bin/tsc"), [...options, ...modules, ...files], published.folder);
}

test("[CL9] the package contains the module with its types, and the module imports nothing", async () => {
  const { exports } = createRequire(join(published.folder, "use.js"))("places-herd/package.json") as {
    exports: { "./client": Readonly<Record<string, string>> };
  };
  for (const file of Object.values(exports["./client"])) expect(published.files).toContain(file.replace("./", ""));
  const module = await readFile(published.module, "utf8");
  expect(module).not.toMatch(/^import\b|\bimport\(|\brequire\(/m);
});

test("[CL9] another program compiles with its types, and runs", async () => {
  const good = `
import { connect, HerdError } from "places-herd/client";
export async function use(): Promise<string> {
  await using herd = connect({ url: "http://localhost:8787", near: { latitude: 1, longitude: 2 } });
  herd.addEventListener("connection", ({ state, reason = "" }) => console.log(state.toUpperCase(), reason.length));
  for await (const { client, location } of herd.watch("*")) return client + location.latitude.toFixed(1);
  const { places } = await herd.whatsat("kiwi", { km: 1, signal: AbortSignal.timeout(5) });
  return places.results[0]?.name ?? new HerdError("closed", "").code;
}
`;
  await writeFile(join(published.folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(published.folder, "good.ts"), good);
  await writeFile(join(published.folder, "bad.ts"), good.replace("client + location", "client.location + location"));
  compile(["good.ts"]);
  compile(["good.ts"], "nodenext", "nodenext");
  expect(() => compile(["bad.ts"])).toThrow("Property 'location' does not exist");
  const script = 'import("places-herd/client").then(({ connect }) => console.log(typeof connect))';
  expect(run(process.execPath, ["--eval", script], published.folder)).toBe("function\n");
});

test("[CL9] the code of docs/use.md is right, and its first example prints what it says", async () => {
  const text = await readFile("docs/use.md", "utf8");
  const blocks = (language: string) =>
    [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms"))].map(([, block = ""]) => block);
  const examples = blocks("ts");
  expect(examples.length).toBeGreaterThan(5);
  const files = examples.map((_, index) => `example-${index}.ts`);
  await Promise.all(files.map((file, index) => writeFile(join(published.folder, file), examples[index] ?? "")));
  compile(files);
  const first = (examples[0] ?? "").replace("http://localhost:8787", apart.url("Alford"));
  await writeFile(join(published.folder, "first.ts"), first);
  expect(run(process.execPath, ["first.ts"], published.folder)).toBe(blocks("text")[0]);
});

test("[CL2] [CL3] [CL9] [CL16] in workerd it continues after its server was killed: no report is lost, no answer goes to another call", async () => {
  // Miniflare takes a bundle only below the working directory.
  const bundle = join(".wrangler", "test", `client-${process.pid}.mjs`);
  onTestFinished(() => rm(bundle, { force: true }));
  await build({
    stdin: {
      contents: `
        import { connect } from ${JSON.stringify(published.module)};
        import { journeyWorker } from "./test/support/journey-worker.ts";
        export default journeyWorker(connect);`,
      resolveDir: ".",
    },
    outfile: bundle,
    bundle: true,
    format: "esm",
    logLevel: "warning",
  });
  const options = { name: "traveller", modules: [{ type: "ESModule" as const, path: bundle }], port: 0 };
  const worker = new Miniflare(convertV4MiniflareOptions({ ...options, compatibilityDate: "2026-11-01" }));
  onTestFinished(() => worker.dispose());
  const request: JourneyRequest = {
    herd: { url: apart.url("Alford"), server: "Alford", settings: { retrySecondsMin: 0.05, retrySecondsMax: 0.5 } },
    journey: { prefix: "workerd", clients: 20, reports: 600 },
  };
  const response = await worker.dispatchFetch("http://traveller/", { method: "POST", body: JSON.stringify(request) });
  let restarted: Promise<void> | undefined;
  let outcome: JourneyOutcome | undefined;
  for await (const told of linesOf(response.body as unknown as AsyncIterable<Uint8Array>)) {
    const { count, error, ...rest } = JSON.parse(told) as { count?: number; error?: string } & JourneyOutcome;
    expect(error).toBeUndefined();
    if (count === 200) restarted = apart.kill("Alford").then(() => apart.start("Alford"));
    if (count === undefined) outcome = rest;
  }
  await restarted;
  expect(outcome).toMatchObject({ reports: 600, mismatches: [] });
  const clients = Object.keys(outcome?.last ?? {});
  const held = await apart.held("Alford", clients);
  expect(held.map((line) => Number(line?.split(" ").at(-1)))).toEqual(clients.map((client) => outcome?.last[client]));
});

async function* linesOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}
