// Servers whose files cannot grow: the system refuses their writes, as on a full disk.
//
// The limit is one of the process (`ulimit -f`), so that anybody's machine has it. In a file of its own SQLite has room again when the
// object starts anew; a trial of the storage needs more than the smaller of the two limits.

import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { LogEntry } from "../../src/core/contract/log-entry.ts";
import { HerdApart } from "../support/herd-apart.ts";

const PATIENCE = { timeout: 60_000, interval: 20 };
/** Less than a trial writes, and more than the tables of an empty server. */
const TOO_SMALL = 262_144;
/** More than a trial writes, and less than SQLite writes before it begins its log anew. */
const LARGE_ENOUGH = 2_097_152;

let herd: HerdApart;

beforeAll(async () => {
  herd = await HerdApart.create({ retrySecondsMax: 1 });
});

afterAll(() => herd.remove());

/** Reports clients at a server until it takes no more. Returns the lines that it answered. */
async function fill(server: string, tag: string): Promise<string[]> {
  const answered: string[] = [];
  for (let round = 0; ; round++) {
    const clients = Array.from({ length: 20 }, (_, index) => `${tag}-${round}-${index}-${"x".repeat(200)}`);
    try {
      const lines = await herd.report(server, clients, 1_000_000 + round);
      if (lines.some((line) => line.startsWith("? "))) return answered;
      answered.push(...lines);
    } catch {
      // The object ended with the commit, before it answered: 503.
      return answered;
    }
  }
}

async function text(server: string, path: string): Promise<string> {
  return (await fetch(`${herd.url(server)}${path}`)).text();
}

async function logged(server: string, event: LogEntry["event"]): Promise<LogEntry[]> {
  const lines = (await text(server, `/servers/${server}/log`)).trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as LogEntry).filter((entry) => entry.event === event);
}

/** Each of these clients is held there as it was answered. */
async function expectHeld(server: string, lines: readonly string[]): Promise<void> {
  const clients = lines.map((line) => line.split(" ")[3] ?? "");
  for (let from = 0; from < clients.length; from += 100)
    expect(await herd.held(server, clients.slice(from, from + 100))).toEqual(lines.slice(from, from + 100));
}

describe("a server without room on its disk", () => {
  let taken: string[];

  test("[ST2] [ST3] [ST8] [RP7] only reads, and loses nothing that it answered", async () => {
    herd.fileBytesMax.set("Parker", TOO_SMALL);
    await herd.start();
    taken = await fill("Parker", "first");
    expect(taken.length).toBeGreaterThan(100);
    await vi.waitUntil(async () => (await herd.status("Parker")).storage === "read-only", PATIENCE);
    await expectHeld("Parker", taken);
    expect(await herd.say("Parker", "IAMAT late +1+1 1\n")).toBe("? IAMAT late +1+1 1\n");
    expect(JSON.parse(await text("Parker", "/servers/Parker/reports?count=500"))).toMatchObject({
      reports: expect.arrayContaining(taken.slice(0, 10)),
    });
    expect(await logged("Parker", "storage full")).toMatchObject([{ state: "read-only" }]);
    expect(await text("Parker", "/metrics")).toContain('herd_storage_takes_reports{server="Parker"} 0\n');
  });

  test("[HD20] [HD40] fails its health check, which names it; the others pass theirs", async () => {
    const [sick, well] = await Promise.all(["Parker", "Alford"].map((name) => fetch(`${herd.url(name)}/health`)));
    expect([sick?.status, await sick?.json()]).toMatchObject([503, { servers: [], readOnly: ["Parker"] }]);
    expect([well?.status, await well?.text()]).toEqual([200, "ok\n"]);
  });

  test("[WT6] [ST3] is watched, and its watchers stay", async () => {
    const socket = new WebSocket(`${herd.url("Parker").replace("http", "ws")}/servers/Parker?reasons=yes`);
    const heard: string[] = [];
    socket.addEventListener("message", ({ data }) => heard.push(String(data)));
    await new Promise((resolve) => {
      socket.addEventListener("open", resolve, { once: true });
    });
    const [line = ""] = taken;
    const client = line.split(" ")[3] ?? "";
    socket.send(`WATCH ${client}\nIAMAT ${client} +2+2 2000000`);
    await vi.waitUntil(() => heard.join("").includes("?storage"), PATIENCE);
    expect(heard.join("")).toBe(`WATCH ${client}\n${line}\n?storage IAMAT ${client} +2+2 2000000\n`);
    socket.close();
  });

  test("[ST4] [CU4] lets its neighbours keep what they have for it, and they say why", async () => {
    const [line = ""] = await herd.report("Alford", ["for-parker"], 1_000_000);
    await vi.waitUntil(async () => {
      const { neighbours } = await herd.status("Alford");
      const parker = neighbours.find(({ neighbour }) => neighbour === "Parker");
      return parker?.isCaughtUp === false && parker.lastError?.includes("Parker takes no reports") === true;
    }, PATIENCE);
    expect(await herd.held("Parker", ["for-parker"])).toEqual([undefined]);
    expect(await logged("Parker", "feed refused")).not.toEqual([]);
    herd.fileBytesMax.delete("Parker");
    await herd.kill("Parker");
    await herd.start("Parker");
    // Hamilton hears of the others from Parker alone.
    await vi.waitUntil(async () => (await herd.held("Hamilton", ["for-parker"]))[0] === line, PATIENCE);
    await expectHeld("Parker", taken);
    expect(await herd.report("Parker", ["late"], 1_000_000)).toEqual([expect.stringMatching(/^AT Parker /)]);
  });
});

test("[ST2] a server that has room again when its object starts takes reports at once, and has lost nothing", async () => {
  herd.fileBytesMax.set("Bolden", LARGE_ENOUGH);
  await herd.kill("Bolden");
  await herd.start("Bolden");
  const taken = await fill("Bolden", "second");
  expect(taken.length).toBeGreaterThan(100);
  expect(await herd.status("Bolden")).toMatchObject({ storage: "has room" });
  expect(await logged("Bolden", "storage full")).toEqual([]);
  await expectHeld("Bolden", taken);
  const [line = ""] = await vi.waitFor(() => herd.report("Bolden", ["later"], 1_000_000), PATIENCE);
  expect(line).toMatch(/^AT Bolden /);
  await vi.waitUntil(async () => (await herd.held("Alford", ["later"]))[0] === line, PATIENCE);
});
