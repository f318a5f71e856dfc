// What `npm start` leaves on the disk: nobody else may read it, and it does not grow without end.

import { chmod, mkdir, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import bundled from "../../herd.config.json" with { type: "json" };
import { HerdProcess } from "../support/herd-process.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

let herd: HerdProcess;

beforeEach(async () => {
  herd = await HerdProcess.create({ settings: { limits: { ...bundled.limits, logFileBytes: 65_536, logFiles: 3 } } });
});

afterEach(() => herd.remove());

/** What others may do with anything below these directories, themselves included. */
async function openToOthers(...directories: readonly string[]): Promise<string[]> {
  const open: string[] = [];
  for (const directory of directories) {
    const names = await readdir(directory, { recursive: true });
    for (const path of [directory, ...names.map((name) => join(directory, name))]) {
      // Temporary files of the database go at any time.
      const found = await stat(path).catch(() => undefined);
      if (found !== undefined && (found.mode & 0o077) !== 0) open.push(`${path} ${(found.mode & 0o777).toString(8)}`);
    }
  }
  return open;
}

function flood(reports: number): Promise<string> {
  const lines = Array.from({ length: reports }, (_, index) => `IAMAT flood-${index} +1+1 1400794645\n`);
  return sayOverTcp(herd.tcpPort("Bolden"), lines.join(""));
}

test("[LG21] its logs and its storage are for the user alone, while it runs and after it", async () => {
  await herd.start();
  await flood(100);
  expect(await openToOthers(herd.state, herd.logs)).toEqual([]);
  await herd.stop();
  expect(await openToOthers(herd.state, herd.logs)).toEqual([]);
  expect((await readdir(herd.state, { recursive: true })).some((name) => name.endsWith(".sqlite"))).toBe(true);
});

test("[LG21] so are those that an earlier version left, from the next start on", async () => {
  await herd.start();
  await flood(1);
  await herd.stop();
  const storage = join(herd.state, "v3");
  const left = [storage, ...(await readdir(storage, { recursive: true })).map((name) => join(storage, name))];
  for (const path of left) await chmod(path, (await stat(path)).isDirectory() ? 0o755 : 0o644);
  const log = join(herd.logs, "Bolden-2026-01-01-00-00-00.log");
  await writeFile(log, "");
  await chmod(log, 0o644);
  await herd.start();
  expect(await openToOthers(storage, herd.logs)).toEqual([]);
  expect(await flood(1)).toContain("AT Bolden");
});

test("[LG11] [LG22] logs end: so many files of a server stay, of so many bytes, over all starts, with the newest entries", async () => {
  // A folder of the user's own stays as it is.
  await mkdir(herd.logs, { mode: 0o755 });
  for (let start = 0; start < 2; start++) {
    await herd.start();
    await flood(1000);
    expect(await sayOverTcp(herd.tcpPort("Bolden"), `IAMAT last-${start} +1+1 1400794645\n`)).toMatch(/^AT/);
    await herd.stop();
    const files = (await readdir(herd.logs)).filter((name) => name.startsWith("Bolden-"));
    const texts = await Promise.all(files.map((name) => readFile(join(herd.logs, name), "utf8")));
    expect(files).toHaveLength(3);
    for (const text of texts) {
      expect(text.length).toBeLessThanOrEqual(65_536);
      for (const line of text.trimEnd().split("\n")) expect(JSON.parse(line)).toMatchObject({ server: "Bolden" });
    }
    expect(texts.join("")).toContain(`"line":"IAMAT last-${start} +1+1 1400794645"`);
  }
});

test("[LG20] with --log-level events no log has a place, in a file, over HTTP or on the terminal", async () => {
  await herd.start("--log-level", "events");
  const said = [
    "IAMAT kiwi +12.3456-98.7654 1400794645",
    "WHATSAT kiwi 10 5",
    "IAMAT kiwi +12.3456-98.7654 99999999999",
    "iamat kiwi +12.3456-98.7654 1400794645",
    "IAMAT +12.3456-98.7654 kiwi 1400794645",
    "WHATSAT 12.3456,-98.7654",
    "AT Alford +1.0 kiwi +12.3456-98.7654 1400794645",
  ];
  await sayOverTcp(herd.tcpPort("Alford"), said.map((line) => `${line}\n`).join(""));
  const kept = await (await fetch(`${herd.url}/servers/Alford/log`)).text();
  await herd.stop();
  const files = await Promise.all((await readdir(herd.logs)).map((name) => readFile(join(herd.logs, name), "utf8")));
  for (const log of [kept, files.join(""), herd.output]) {
    expect(log).toContain("time too far ahead");
    expect(log).not.toMatch(/12\.3456|98\.7654/);
  }
  // Whose clock is wrong is told all the same.
  expect(kept).toMatch(/"reason":"time too far ahead","command":"IAMAT","client":"kiwi"/);
});
