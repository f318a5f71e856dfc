// The command of the installed package: only JavaScript, in a folder without this project.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packClient, run, type ClientPackage } from "../support/client-package.ts";
import { HerdProcess } from "../support/herd-process.ts";

let herd: HerdProcess;
let installed: ClientPackage;

beforeAll(async () => {
  installed = await packClient();
  herd = await HerdProcess.create();
  await herd.start();
});

afterAll(async () => {
  await herd.remove();
  await installed.remove();
});

/** The file that npm links as the command `places-herd`. */
function commandFile(): string {
  const folder = join(installed.folder, "node_modules", "places-herd");
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { bin: Record<string, string> };
  return join(folder, bin["places-herd"] ?? "");
}

function placesHerd(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [commandFile(), ...args], {
    cwd: installed.folder,
    encoding: "utf8",
    env: { ...process.env, HERD_URL: herd.url, NO_COLOR: "1" },
  });
  return { status, stdout, stderr };
}

test("[HC11] the installed command works with a herd, without any other package", async () => {
  const { mode } = await stat(commandFile());
  expect(mode & 0o111).toBe(0o111);
  expect(placesHerd("create").stdout).toMatch(/^Hamilton +is up: /m);
  expect(placesHerd("iamat", "kiwi", "+34.068930-118.445127", "1", "--server", "Alford").stdout).toMatch(/^AT Alford /);
  expect(placesHerd("whatsat", "kiwi", "10", "1", "--server", "Alford").stdout).toContain("Westwood");
  expect(placesHerd("load", "--rate", "20", "--for", "0.5s", "--json").stdout).toContain('"answered":10');
  expect(placesHerd("logs", "Alford", "-n", "1").status).toBe(0);
});

test.each(["20.20.2", "22.11.0", "18.0.0"])("[HC52] on Node %s it says which one it needs", (version) => {
  const older = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } })`;
  const args = ["--import", `data:text/javascript,${older}`, commandFile(), "iamat", "kiwi", "+1+1"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
  expect([status, stdout, stderr]).toEqual([
    2,
    "",
    `Cannot run places-herd: it needs Node 22.12 or later, and this is Node ${version}.\n`,
  ]);
});

test("[HC11] [HC20] its help and its errors use the name that it has there", () => {
  expect(placesHerd("status", "--help").stdout).toContain("\n  npx places-herd status\n");
  expect(placesHerd("status", "--url", "http://localhost:1").stderr).toContain("`npx places-herd start` runs one here");
});

test("[HC11] [PG1] the package contains what start serves, with the page", () => {
  const packed = run("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], process.cwd());
  for (const file of ["wrangler.toml", "src/worker/index.ts", "assets/places/world.bin", "assets/page/index.html"])
    expect(packed).toContain(JSON.stringify(file));
});

test("[HC17] [HC38] start says which package it needs", () => {
  const { status, stderr } = placesHerd("start");
  expect(stderr).toContain("Cannot start a herd: wrangler, which serves it, is not installed.");
  expect(stderr).toContain("`npm install --save-dev wrangler`");
  expect(status).toBe(2);
});
