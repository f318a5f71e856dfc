// The command line on a running herd: what its commands print, how they end, and what their errors say.

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { runLineSession } from "../../src/cli/prompt/line-session.ts";
import { LineConnection } from "../../src/client/index.ts";
import { HerdCommand } from "../support/herd-command.ts";
import { HerdProcess, runScript, type ScriptOutcome } from "../support/herd-process.ts";

const SERVERS = "Alford, Bolden, Hamilton, Parker, Powell";
const NOBODY = "http://localhost:1";

let herd: HerdProcess;
const running: HerdCommand[] = [];

beforeAll(async () => {
  herd = await HerdProcess.create();
  await herd.start();
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((command) => command.interrupt()));
});

afterAll(() => herd.remove());

function run(...args: string[]): Promise<ScriptOutcome> {
  return runScript("herd.ts", args, { HERD_URL: herd.url, OPERATOR_TOKEN: "", HERD_TOKEN: "" });
}

function start(...args: string[]): HerdCommand {
  const command = new HerdCommand([...args, "--url", herd.url]);
  running.push(command);
  return command;
}

describe("options", () => {
  test("[HC1] [HC2] [HC13] may come before or after the command", async () => {
    const said = await run("iamat", "options", "+1+1", "1", "--server", "Alford");
    expect(said.stdout).toMatch(/^AT Alford \S+ options \+1\+1 1\n$/);
    expect(await run("--server", "Alford", "iamat", "options", "+1+1", "1")).toEqual(said);
    expect(await run("--server", "Alford", "--url", herd.url, "iamat", "options", "+1+1", "1")).toEqual(said);
    expect(await run("--quiet", "iamat", "options", "+1+1", "1")).toMatchObject({ code: 0, output: "" });
  });

  test("[HC1] [HC17] that a command does not have are refused", async () => {
    const { code, output } = await run("--json", "gateway");
    expect(output).toContain("error: gateway has no option --json");
    expect(code).toBe(2);
  });

  test("[HC14] each command's help has an example", async () => {
    const { output } = await run("--help");
    const [, list = ""] = output.split("The herd:");
    const [commandList = ""] = list.split("\nCommands:");
    const commands = [...commandList.matchAll(/^ {2}([a-z-]+)(?:\|[a-z-]+)? /gm)].map(([, name = ""]) => name);
    expect(commands).toContain("gateway");
    const helps = await Promise.all(commands.map((name) => run(name, "--help")));
    for (const { code, output: help } of helps) {
      expect(help).toMatch(/^Examples?:\n {2}\S/m);
      expect(code).toBe(0);
    }
  });
});

describe("errors", () => {
  test.each([
    ["iamat", "kiwi", "+1+1"],
    ["whatsat", "kiwi"],
    ["watch", "kiwi"],
    ["connect"],
    ["status", "--once"],
    ["test"],
    ["logs"],
    ["load"],
    ["gateway"],
    ["drain", "Alford"],
    ["resume", "Alford"],
    ["metrics"],
  ])("[HC18] [HC20] %s ends with 3 if no herd answers, and says how to run one", async (...args) => {
    const { code, output } = await run(...args, "--url", NOBODY);
    expect(output).toBe(
      `Cannot reach the herd at ${NOBODY}: is it running? \`npm start\` runs one here; --url or HERD_URL names another address.\n`,
    );
    expect(code).toBe(3);
  });

  test("[HC18] a server that is not a herd is recognized", async () => {
    const other = createServer((_request, response) => response.end("<html>"));
    await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
    const url = `http://localhost:${(other.address() as AddressInfo).port}`;
    const { code, output } = await run("status", "--url", url);
    other.close();
    expect(output).toContain(`Cannot reach the herd at ${url}: what answers there is not a herd.`);
    expect(code).toBe(3);
  });

  test.each([
    ["iamat", "kiwi", "+1+1", "--server"],
    ["whatsat", "kiwi", "--server"],
    ["watch", "kiwi", "--server"],
    ["connect"],
    ["logs"],
    ["load", "--server"],
    ["gateway", "--server"],
    ["status", "--server"],
    ["drain"],
    ["resume"],
    ["down"],
    ["up"],
    ["new-epoch"],
  ])("[HC16] [HC20] %s of an unknown server ends with 1, and names the one that was meant", async (...args) => {
    const { code, output } = await run(...args, "hamiltn");
    expect(output).toContain(`"hamiltn"`);
    expect(output).toContain(`: the herd's servers are ${SERVERS}. Did you mean Hamilton?\n`);
    expect(code).toBe(1);
  });

  test.each([
    [["frob"], "unknown command 'frob'"],
    [["iamat", "kiwi"], "missing required argument 'location'"],
    [["iamat", "kiwi", "-91+1"], "'-91+1' is invalid for argument 'location'. Give degrees as ±lat±lon"],
    [["iamat", "ki wi", "+1+1"], `Cannot use "ki wi" as a client`],
    [["whatsat", "kiwi", "51"], "radius must be more than 0 and at most 50"],
    [["load", "--rate", "0"], "Give a number above 0"],
    [["load", "--for", "soon"], "Give a number and s, m, h or d"],
    [["status", "--url", "ftp://herd"], "Give an address such as http://localhost:8787"],
    [["up", "Alford", "--port", "9000"], "--port is for starting a herd: leave out Alford"],
    [["up", "--token", "secret"], "--token is for a server that runs: name it"],
  ])("[HC17] [HC20] %j is not understood: it ends with 2", async (args, problem) => {
    const { code, output } = await run(...args);
    expect(output).toContain(problem);
    expect(output).not.toContain("    at ");
    expect(code).toBe(2);
  });

  test("[HC16] [HC20] a command for a drained server says so, and what to do", async () => {
    await run("drain", "Bolden");
    const { code, output } = await run("iamat", "kiwi", "+1+1", "--server", "Bolden");
    expect((await run("resume", "Bolden")).code).toBe(0);
    expect(output).toContain("it is out of service; `npm run herd -- resume Bolden` brings it back");
    expect(code).toBe(1);
  });

  test("[HC3] [HC16] up says which port is taken", async () => {
    const { code, output } = await run("up", "--config", herd.configFile, "--port", new URL(herd.url).port);
    expect(output).toContain(`Cannot listen on port ${new URL(herd.url).port}, ${herd.tcpPort("Alford")}, `);
    expect(code).toBe(1);
  });
});

describe("status", () => {
  test("[HC4] [HC19] [HC25] is printed again until Ctrl-C", async () => {
    const status = start("status", "--every", "0.2s", "--server", "Powell");
    await status.prints(/(?:server .*\nPowell +up .*\n){3}/);
    expect(await status.interrupt()).toBe(0);
  });

  test("[HC4] shows a drained server, and as JSON is all that the servers say", async () => {
    await run("drain", "Bolden");
    const table = await run("status");
    const json = await run("status", "--json");
    await run("resume", "Bolden");
    expect(table.stdout).toMatch(/^Bolden +drained /m);
    expect(table.code).toBe(0);
    const servers = JSON.parse(json.stdout) as { name: string; status: { isDrained: boolean } }[];
    expect(servers.filter(({ status }) => status.isDrained).map(({ name }) => name)).toEqual(["Bolden"]);
  });
});

describe("a client's commands", () => {
  test("[HC5] says if an IAMAT that is not later changed nothing", async () => {
    const { stdout } = await run("iamat", "emu", "-23.55-46.63", "2", "--server", "Alford");
    const again = await run("iamat", "emu", "-1-1", "1", "--server", "Alford");
    expect(again).toMatchObject({ code: 0, stdout });
    expect(again.output).toContain("The server has a later report of this client");
  });

  test("[HC16] [HC26] a WHATSAT about an unknown client ends with 1", async () => {
    const { code, output, stdout } = await run("whatsat", "nobody");
    expect(output).toContain(`The herd does not say where "nobody" is`);
    expect([code, stdout]).toEqual([1, ""]);
  });

  test("[HC39] output that is not a terminal is the line as it came", async () => {
    const { stdout } = await run("iamat", "\u001B[32mgreen", "+1+1", "1", "--server", "Alford");
    expect(stdout).toContain(" \u001B[32mgreen +1+1 1\n");
  });

  test("[HC26] places as JSON are the server's own", async () => {
    await run("iamat", "kiwi", "+34.068930-118.445127", "1", "--server", "Alford");
    const { stdout } = await run("whatsat", "kiwi", "10", "2", "--json", "--server", "Alford");
    expect(JSON.parse(stdout)).toMatchObject({
      report: { client: "kiwi", server: "Alford", time: "1" },
      places: { status: "OK", results: [{ name: "Westwood" }, { name: "Century City" }] },
    });
  });

  test("[HC7] [HC19] a watch prints the report that is held, and each move", async () => {
    await run("iamat", "walker", "+1+1", "1", "--server", "Alford");
    const watch = start("watch", "walker", "--server", "Alford");
    await watch.prints(/ walker \+1\+1 1\n/);
    await run("iamat", "walker", "+2+2", "2", "--server", "Powell");
    await watch.prints(/ walker \+1\+1 1\nAT Powell \S+ walker \+2\+2 2\n/);
    expect(await watch.interrupt()).toBe(0);
  });
});

describe("connect", () => {
  test("[HC28] answers each line of a pipe, in order, however many", async () => {
    const input = new PassThrough();
    const output = new PassThrough();
    const lines = Array.from({ length: 700 }, (_, index) => `HELLO ${index}\n`);
    input.end(lines.join(""));
    const connection = new LineConnection({ url: herd.url, server: "Powell", unknown: "reject" });
    await runLineSession(connection, { input, output, isHistoryKept: false });
    connection.close();
    expect(String(output.read())).toBe(lines.map((line) => `? ${line}`).join(""));
  });

  test("[HC6] [HC12] at a prompt completes, has a history, and shows what comes", async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    let shown = "";
    output.on("data", (data: Buffer) => (shown += data.toString()));
    const connection = new LineConnection({ url: herd.url, server: "Powell", unknown: "reject" });
    const ended = runLineSession(connection, { input, output, isHistoryKept: false });
    await expect.poll(() => shown, { timeout: 20_000 }).toContain("Connected to Powell.");
    input.write("WATCH red\r");
    await expect.poll(() => shown).toMatch(/^.*WATCH red\n/m);
    input.write("WATCH *\r");
    await expect.poll(() => shown).toMatch(/^.*WATCH \*\n/m);
    // The terminal must not obey another client's id.
    await fetch(`${herd.url}/servers/Powell`, { method: "POST", body: "IAMAT \u001B[31mred +1+1 1\nIAMAT red +1+1 1" });
    await expect.poll(() => shown).toMatch(/AT Powell \S+ \\u001b\[31mred \+1\+1 1/);
    for (const key of ["WHATS", "\t", "\t", "1 1\r"]) input.write(key);
    await expect.poll(() => shown).toContain('"provider"');
    shown = "";
    for (const key of ["\u001B[A", "\r"]) input.write(key);
    await expect.poll(() => shown).toContain('"provider"');
    input.write("\u0004");
    await ended;
    connection.close();
    expect(shown).toContain("Powell> WHATSAT red 1 1");
  });
});

describe("logs", () => {
  test("[HC32] follows, each entry once, the kept ones first", async () => {
    await run("iamat", "logged", "+1+1", "1", "--server", "Hamilton");
    const logs = start("logs", "Hamilton", "--follow", "--since", "1h");
    await logs.prints(/<- client \d+ {2}IAMAT logged \+1\+1 1\n/);
    await run("iamat", "logged", "+1+1", "2", "--server", "Hamilton");
    await logs.prints(/IAMAT logged \+1\+1 2\n/);
    expect(await logs.interrupt()).toBe(0);
    expect(logs.output.match(/IAMAT logged/g)).toHaveLength(2);
  });

  test("[HC31] without a server are those of all, in the order of their times", async () => {
    const { stdout, code } = await run("logs", "--json", "-n", "5");
    const entries = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { at: string; server: string });
    expect(new Set(entries.map(({ server }) => server)).size).toBe(5);
    expect(entries.map(({ at }) => at)).toEqual(entries.map(({ at }) => at).toSorted());
    expect(code).toBe(0);
  });
});

describe("load", () => {
  test("[HC9] [HC33] has every report answered, and prints how many", async () => {
    const { code, stdout } = await run("load", "--clients", "7", "--rate", "100", "--for", "0.5s", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ clients: 7, answered: 50, failures: {} });
    expect(code).toBe(0);
  });

  test("[HC19] [HC33] is ended early by Ctrl-C, and prints its results", async () => {
    const watch = start("watch", "*", "--server", "Alford");
    const load = start("load", "--rate", "20", "--for", "1h", "--server", "Alford");
    await watch.prints(/AT Alford \S+ load\d+\./);
    expect(await load.interrupt()).toBe(0);
    expect(load.output).toMatch(/^\d+ reports? of 100 clients answered in /);
  });
});
