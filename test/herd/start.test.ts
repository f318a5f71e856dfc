// The herd as a person runs it: `npm start`, the paper's two scripts, a line over TCP, Ctrl-C, and a second start.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HerdProcess, runScript } from "../support/herd-process.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const KIWI = "kiwi.cs.ucla.edu +34.068930-118.445127 1400794645.392014450";
const SERVERS = ["Alford", "Bolden", "Hamilton", "Parker", "Powell"];

let herd: HerdProcess;

beforeAll(async () => {
  herd = await HerdProcess.create();
  await herd.start();
});

afterAll(() => herd.remove());

describe("a herd that runs", () => {
  test("[HC15] [HC23] createservers prints the state of each server", async () => {
    const { code, output } = await runScript("createservers.ts", ["--url", herd.url]);
    for (const server of SERVERS) expect(output).toMatch(new RegExp(`^${server} +is up: \\d+ clients known`, "m"));
    expect(code).toBe(0);
  });

  test("[HC15] [HC20] [HC23] createservers fails for an unknown server, and names those that the herd has", async () => {
    const { code, output } = await runScript("createservers.ts", ["--url", herd.url, "Alford", "Alfrod"]);
    expect(output).toMatch(/^Alford +is up/m);
    expect(output).toMatch(
      /^Alfrod +failed: Cannot create "Alfrod": the herd's servers are Alford, .*Hamilton.*\. Did you mean Alford\?$/m,
    );
    expect(code).toBe(2);
  });

  test("[AC10] says that it is open, without a warning on a person's own machine", async () => {
    const said = await (await fetch(`${herd.url}/herd`)).json();
    expect(said).toMatchObject({ auth: "open" });
    expect(said).not.toHaveProperty("warning");
    const open = (await herd.logOf("Alford")).find(({ event }) => event === "open to all");
    expect(open).toHaveProperty("note");
    expect(open).not.toHaveProperty("warning");
  });

  test("[FL2] [HC15] [HC24] testservers sees each report arrive, over the hops of the topology", async () => {
    const { code, output } = await runScript("testservers.ts", ["--url", herd.url]);
    expect(output.match(/arrived in \d/g)).toHaveLength(6);
    expect(output).toMatch(/Alford -> Parker +1 hop /);
    expect(output).toMatch(/Hamilton -> Powell +3 hops /);
    expect(output).not.toContain("NOT");
    expect(code).toBe(0);
  });

  test("[RP5] [WA3] a report to Alford over TCP is found at Hamilton over TCP, with real places", async () => {
    const answer = await sayOverTcp(herd.tcpPort("Alford"), `IAMAT ${KIWI}\n`);
    expect(answer).toMatch(
      /^AT Alford \+\d+\.\d{9} kiwi\.cs\.ucla\.edu \+34\.068930-118\.445127 1400794645\.392014450\n$/,
    );
    // Until the report arrives Hamilton does not know the client, and gives no answer.
    await expect.poll(() => sayOverTcp(herd.tcpPort("Hamilton"), "WHATSAT kiwi.cs.ucla.edu 10 5\n")).not.toBe("");
    const found = await sayOverTcp(herd.tcpPort("Hamilton"), "WHATSAT kiwi.cs.ucla.edu 10 5\n");
    expect(found.startsWith(answer)).toBe(true);
    expect(found.endsWith("}\n\n")).toBe(true);
    const places = JSON.parse(found.slice(answer.length)) as { status: string; results: { name: string }[] };
    const names = places.results.map(({ name }) => name);
    expect(places.status).toBe("OK");
    expect(names).toHaveLength(5);
    expect(names).toEqual(expect.arrayContaining(["Westwood", "Beverly Hills"]));
  });

  test("[LG2] each server has a log file under the paper's name, a line of JSON an event", async () => {
    const files = await readdir(herd.logs);
    for (const server of SERVERS) {
      const [file = "", ...others] = files.filter((name) => name.startsWith(`${server}-`));
      expect(others).toEqual([]);
      expect(file).toMatch(new RegExp(`^${server}-\\d{4}-\\d\\d-\\d\\d-\\d\\d-\\d\\d-\\d\\d\\.log$`));
      const entries = (await readFile(join(herd.logs, file), "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line) as { server: string; event: string });
      expect(new Set(entries.map((entry) => entry.server))).toEqual(new Set([server]));
      expect(entries[0]?.event).toBe("started");
    }
    expect(files).toHaveLength(SERVERS.length);
  });

  test("[LG2] very many log lines are all written, and the herd still answers", async () => {
    const reports = 3000;
    const lines = Array.from({ length: reports }, (_, index) => `IAMAT flood-${index} +1+1 1400794645\n`);
    const answers = await sayOverTcp(herd.tcpPort("Bolden"), lines.join(""));
    expect(answers.split("\n").filter((line) => line.startsWith("AT Bolden "))).toHaveLength(reports);
    for (const server of SERVERS)
      await expect.poll(() => acceptedIn(server), { timeout: 60_000, interval: 200 }).toBe(reports);
    expect((await fetch(`${herd.url}/herd`)).status).toBe(200);
    expect(herd.output).not.toContain("ERROR");

    async function acceptedIn(server: string): Promise<number> {
      const file = (await readdir(herd.logs)).find((name) => name.startsWith(`${server}-`));
      const entries = (await readFile(join(herd.logs, file ?? ""), "utf8")).split("\n");
      return entries.filter((line) => line.includes('"event":"accepted"') && line.includes('"client":"flood-')).length;
    }
  });

  test("[HD1] a second herd on the same ports says which port is taken and what to do", async () => {
    const { code, output } = await herd.startAgain("--state", join(herd.directory, "other-state"));
    expect(code).toBe(1);
    expect(output).toContain(String(herd.tcpPort("Powell")));
    expect(output).toContain("--port");
  });

  test.each([
    ["Nobody", /^Cannot host Nobody: the herd's servers are Alford, /m, 2],
    ["Alford", /^Cannot leave out Bolden, Hamilton, Parker, Powell: .* needs its url /m, 1],
  ])("[HD3] --only %s says why a herd cannot be divided so", async (name, problem, exitCode) => {
    const { code, output } = await runScript("start.ts", ["--only", name]);
    expect(output).toMatch(problem);
    expect(code).toBe(exitCode);
  });

  test("[RP7] a herd that was stopped and started again holds every location that it acknowledged", async () => {
    const clients = Array.from({ length: 50 }, (_, index) => `restart-${index}`);
    const lines = clients.map((client) => `IAMAT ${client} +1+1 1400794645\n`).join("");
    const answers = await sayOverTcp(herd.tcpPort("Bolden"), lines);
    expect(answers.split("\n").filter((line) => line.startsWith("AT Bolden "))).toHaveLength(clients.length);
    expect(await herd.stop()).toBe(0);
    await herd.start();
    // A repeated line is answered with the AT line that is held (RP6), not with a new one.
    expect(await sayOverTcp(herd.tcpPort("Bolden"), lines)).toBe(answers);
  });
});
