// The installed command and the library on the oldest Node that the package promises: that very Node, from the npm registry.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packClient, run, type ClientPackage } from "../support/client-package.ts";
import { HerdProcess } from "../support/herd-process.ts";

let herd: HerdProcess;
let installed: ClientPackage;
let node: string;

beforeAll(async () => {
  installed = await packClient();
  node = unpackNode();
  herd = await HerdProcess.create();
  await herd.start();
}, 120_000);

afterAll(async () => {
  await herd.remove();
  await installed.remove();
});

function promised(): string {
  const { engines } = JSON.parse(readFileSync("package.json", "utf8")) as { engines: { node: string } };
  const [, version = ""] = /^>=(\d+\.\d+)$/.exec(engines.node) ?? [];
  return `${version}.0`;
}

/** The program of that Node, as npm's registry has it for this machine. npm keeps the download for the next time. */
function unpackNode(): string {
  const name = `node-${process.platform}-${process.arch}@${promised()}`;
  const archive = run("npm", ["pack", name, "--silent", "--prefer-offline"], installed.folder).trim();
  run("tar", ["-xzf", archive], installed.folder);
  return join(installed.folder, "package", "bin", "node");
}

/** What it prints. */
function runs(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(node, args, {
    cwd: installed.folder,
    encoding: "utf8",
    env: { ...process.env, HERD_URL: herd.url, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

const command = () => join(installed.folder, "node_modules", "places-herd", "dist", "cli", "places-herd.js");

test("[HC52] is the Node that package.json promises", () => {
  expect(runs("--version").stdout).toBe(`v${promised()}\n`);
});

test.each([
  [["create"], /^Alford +is up/m],
  [["iamat", "kiwi", "34.07, -118.44", "1", "--server", "Alford"], /^AT Alford /],
  [["whatsat", "kiwi", "10", "1", "--server", "Alford"], /Westwood/],
  [["status", "--once"], /^Powell +up /m],
  [["clients", "Alford"], /kiwi/],
  [["load", "--rate", "20", "--for", "0.5s", "--json"], /"answered":10/],
  [["logs", "Alford", "-n", "3"], /Alford/],
  [["metrics"], /^herd_clients\{/m],
  [["test", "--json"], /"isArrived":true/],
  [["--help"], /places-herd/],
] as const)("[HC52] the command says there: %s", (args, printed) => {
  const { status, stdout, stderr } = runs(command(), ...args);
  expect([status, stderr]).toEqual([0, expect.any(String)]);
  expect(stdout).toMatch(printed);
});

test("[HC52] the command watches there, until it is interrupted", async () => {
  const options = { cwd: installed.folder, env: { ...process.env, HERD_URL: herd.url } };
  const watching = spawn(node, [command(), "watch", "kiwi", "--server", "Alford"], options);
  const ended = once(watching, "exit");
  let printed = "";
  for await (const text of watching.stdout.setEncoding("utf8")) {
    printed += text;
    if (printed.includes("kiwi")) watching.kill("SIGINT");
  }
  expect((await ended)[0]).toBe(0);
  expect(printed).toMatch(/kiwi/);
});

test("[CL45] the library works there: reports, questions, a watch, pages, and the end", async () => {
  const script = `
    import { connect } from "places-herd/client";
    const herd = connect({ url: process.env.HERD_URL, server: "Alford" });
    const watched = (async () => { for await (const report of herd.watch("moa")) if (report.location.latitude === 2) return report.client; })();
    await herd.iamat("moa", { latitude: 1, longitude: 1 });
    await herd.iamat("moa", { latitude: 2, longitude: 2 });
    const { places } = await herd.whatsat("moa", { km: 50 });
    let found = 0;
    for await (const report of herd.reports()) if (report.client === "moa") found++;
    console.log(await watched, places.status.length > 0, found);
    await herd.close();
  `;
  await writeFile(join(installed.folder, "use.mjs"), script);
  expect(runs("use.mjs")).toEqual({ status: 0, stdout: "moa true 1\n", stderr: "" });
});
