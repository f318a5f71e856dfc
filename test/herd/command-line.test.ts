// The command line on a running herd: what its commands print, how they end, and what their errors say.

import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { start as startHere, up } from "../../scripts/local/start-command.ts";
import { herdProgram } from "../../src/cli/commands/commands.ts";
import { LineSocket } from "../../src/cli/net/line-socket.ts";
import { pipeLines } from "../../src/cli/prompt/pipe-lines.ts";
import { promptForLines } from "../../src/cli/prompt/prompt-for-lines.ts";
import { LineConnection } from "../../src/client/index.ts";
import manifest from "../../package.json" with { type: "json" };
import { HerdCommand } from "../support/herd-command.ts";
import { HerdProcess, runScript, type ScriptOutcome } from "../support/herd-process.ts";

/** Lines of JSON. */
function linesOf<Line>(text: string): Line[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
}

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

  test("[HC1] [HC17] [HC43] that a command does not have are refused", async () => {
    const [plain, json] = await Promise.all([run("--quiet", "metrics"), run("--json", "--server", "Alford", "token")]);
    expect(plain.output).toContain("error: metrics has no option --quiet");
    expect(JSON.parse(json.output)).toMatchObject({ error: "token has no option --server", exitCode: 2 });
    expect([plain.code, json.code]).toEqual([2, 2]);
  });

  test("[HC49] --version prints the version of the package", async () => {
    expect(await run("--version")).toMatchObject({ code: 0, stdout: `${manifest.version}\n` });
  });

  test("[HC14] each command's help has an example", () => {
    const { commands } = herdProgram([startHere, up], manifest.version);
    const helps = commands.map((command) => {
      let help = "";
      command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp();
      return [command.name(), help] as const;
    });
    const without = helps.filter(([name, help]) => name !== "complete" && !/^Examples?:\n {2}\S/m.test(help));
    expect(without.map(([name]) => name)).toEqual([]);
    expect(helps.length).toBeGreaterThan(20);
  });
});

describe("errors", () => {
  test.concurrent.each([
    ["iamat", "kiwi", "+1+1"],
    ["connect"],
    ["status", "--once"],
    ["load"],
    ["gateway"],
    ["drain", "Alford"],
    ["metrics"],
  ])("[HC18] [HC20] %s ends with 3 if no herd answers, and says how to run one", async (...args) => {
    const { code, output } = await run(...args, "--url", NOBODY);
    expect(output).toBe(
      `Cannot reach the herd at ${NOBODY}: is it running? \`npm start\` runs one here; --url or HERD_URL names another address.\n`,
    );
    expect(code).toBe(3);
  });

  test.each([200, 404, 501])("[HC18] a server that is not a herd is recognized, and answers %i", async (status) => {
    const other = createServer((_request, response) => response.writeHead(status).end("<html>"));
    await new Promise<void>((resolve) => other.listen(0, "localhost", resolve));
    const url = `http://localhost:${(other.address() as AddressInfo).port}`;
    const outcomes = await Promise.all([
      run("status", "--url", url),
      run("iamat", "kiwi", "+1+1", "--server", "Alford", "--url", url),
      run("connect", "--url", url),
    ]);
    other.close();
    for (const { code, output } of outcomes) {
      expect(output).toContain(`Cannot reach the herd at ${url}: what answers there is not a herd.`);
      expect(code).toBe(3);
    }
  });

  test.concurrent.each([
    ["iamat", "kiwi", "+1+1", "--server"],
    ["connect"],
    ["logs"],
    ["load", "--server"],
    ["gateway"],
    ["status"],
    ["create"],
    ["drain", "--server"],
    ["up"],
    ["restore", "--at", "2026-11-22T10:00:00Z"],
  ])("[HC17] [HC20] [HC44] %s of an unknown server ends with 2, and names the one that was meant", async (...args) => {
    const { code, output } = await run(...args, "hamiltn");
    expect(output).toContain(`"hamiltn"`);
    expect(output).toContain(`: the herd's servers are ${SERVERS}. Did you mean Hamilton?\n`);
    expect(code).toBe(2);
  });

  test.concurrent.each([
    [["frob"], "unknown command 'frob'"],
    [["iamat", "kiwi"], "missing required argument 'location'"],
    [["iamat", "kiwi", "-91+1"], 'Cannot take "-91+1". Give degrees, such as'],
    [["iamat", "kiwi", "+1+1", "soon"], 'Cannot take "soon". Give POSIX seconds'],
    [["restore", "Alford", "--at", "yesterday"], "'yesterday' is invalid. Give POSIX seconds"],
    [["status", "Alford", "--server", "Bolden"], "Cannot take both Alford and --server Bolden: name one server"],
    [["drain"], "Cannot drain a server without its name"],
    [["whatsat", "kiwi", "--near", "91,0"], "the location is out of range"],
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

  test("[HC3] [HC16] start says which port is taken", async () => {
    const { code, output } = await run("start", "--config", herd.configFile, "--port", new URL(herd.url).port);
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

  test("[HC61] [HD60] says that all servers hold the same reports, once they do", async () => {
    await run("iamat", "kakapo", "+1+1", "1", "--server", "Alford");
    await expect.poll(async () => (await run("status")).stdout, { timeout: 20_000 }).toContain("hold the same reports");
    const { stdout } = await run("status", "--json");
    const digests = linesOf<{ status: { digest: string } }>(stdout).map(({ status }) => status.digest);
    expect(digests).toHaveLength(5);
    expect(new Set(digests).size).toBe(1);
    expect(digests[0]).toMatch(/^[0-9a-f]{13}$/);
  });

  test("[HC4] [HC43] [HC48] shows a drained server, and as JSON is all that the servers say", async () => {
    const drained = await run("down", "Bolden", "--json");
    const [table, json] = await Promise.all([run("status"), run("status", "--json")]);
    const resumed = await run("up", "Bolden");
    expect(JSON.parse(drained.stdout)).toMatchObject({ server: "Bolden", isDrained: true });
    expect(drained.output).toContain('{"note":"`down` is called `drain` now."}');
    expect(resumed.output).toContain("`up` is called `resume Bolden` now.\nBolden is in service");
    expect(table.stdout).toMatch(/^Bolden +drained /m);
    expect(table.code).toBe(0);
    const servers = linesOf<{ name: string; status: { isDrained: boolean } }>(json.stdout);
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

  test("[HC62] [HC5] says now, and if a report that claims a later time is held", async () => {
    const said = await run("iamat", "moa", "34.07, -118.44", "now", "--server", "Alford");
    expect(said.output).toMatch(/^AT Alford \+0\.000000000 moa \+34\.07-118\.44 \d+\.\d{9}\n$/);
    await run("iamat", "takahe", "+1+1", String(Math.floor(Date.now() / 1000) + 600), "--server", "Alford");
    const stale = await run("iamat", "takahe", "+2+2", "now", "--server", "Alford");
    expect(stale.output).toContain("The server has a later report of this client");
  });

  test("[HC63] with --clock server a time that is far off is the server's, and the command says so", async () => {
    const options = ["--server", "Alford", "--clock", "server"];
    const said = await run("iamat", "kokako", "+1+1", "9999999999", ...options);
    expect(said).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^AT Alford \+0\.000000000 kokako \+1\+1 \d+\.\d{9}\n$/),
    });
    expect(said.output).toContain("The server gave the report its own time");
    const kept = await run("iamat", "tui", "+1+1", String(Math.floor(Date.now() / 1000) - 60), ...options);
    expect(kept.output).not.toContain("its own time");
    expect(await run("iamat", "tui", "+1+1", "1", "--clock", "mine")).toMatchObject({ code: 2 });
  });

  test("[HC16] [HC26] [HC43] a WHATSAT about an unknown client ends with 1", async () => {
    const [plain, json] = await Promise.all([run("whatsat", "nobody"), run("whatsat", "nobody", "--json")]);
    expect(plain.output).toContain('"nobody"');
    expect([plain.code, plain.stdout]).toEqual([1, ""]);
    expect(JSON.parse(json.output)).toMatchObject({ error: expect.stringContaining('"nobody"'), exitCode: 1 });
  });

  test("[HC42] a location and a time as people write them are said in the protocol's form", async () => {
    const outcomes = await Promise.all([
      run("iamat", "map1", "34.07,-118.44", "2014-05-22T21:37:25.5Z", "--server", "Alford"),
      run("iamat", "map2", "34.07,", "-118.44", "1", "--server", "Alford"),
      run("iamat", "map3", "-34.07", "-118.44", "2014-05-22", "21:37:25Z", "--server", "Alford"),
      run("iamat", "map4", "34.07°", "N,", "118.44°", "W", "--server", "Alford", "--url", new URL(herd.url).host),
    ]);
    expect(outcomes.map(({ stdout }) => stdout.trim().split(" ").slice(3, 6).join(" "))).toEqual([
      "map1 +34.07-118.44 1400794645.5",
      "map2 +34.07-118.44 1",
      "map3 -34.07-118.44 1400794645",
      expect.stringMatching(/^map4 \+34\.07-118\.44 \d+\.\d+$/),
    ]);
  });

  test("[HC45] clients lists all that a server knows", async () => {
    await run("iamat", "listed", "+1+1", "1", "--server", "Alford");
    const [plain, json] = await Promise.all([run("clients", "Alford"), run("clients", "--server", "Alford", "--json")]);
    expect(plain.stdout).toMatch(/^AT Alford \S+ listed \+1\+1 1$/m);
    const clients = linesOf<{ client: string; line: string }>(json.stdout);
    expect(clients.map(({ line }) => `${line}\n`).join("")).toBe(plain.stdout);
  });

  test("[HC7] a watch of a client that nobody knows says so", async () => {
    const watch = start("watch", "stranger", "--server", "Alford");
    await watch.prints(/The server has no report of "stranger" yet: the first one will be printed\.\n/);
    await run("iamat", "stranger", "+1+1", "1", "--server", "Alford");
    await watch.prints(/AT Alford \S+ stranger \+1\+1 1\n/);
    expect(await watch.interrupt()).toBe(0);
  });

  test("[HC65] [HC64] [HC43] a watch prints that the client has fallen silent, and that it is back", async () => {
    const watch = start("watch", "drifter", "--silent", "1", "--server", "Alford", "--json");
    await watch.prints(/"line":"SILENT drifter 0".*\}\n/);
    await run("iamat", "drifter", "+1+1", "1", "--server", "Alford");
    await watch.prints(/"line":"AT Alford \S+ drifter \+1\+1 1","ageSeconds":[\d.e-]+\}\n/);
    expect(await watch.interrupt()).toBe(0);
  });

  test("[HC65] [HC17] the silence of all clients, and one of no time, cannot be watched", async () => {
    const outcomes = await Promise.all([run("watch", "*", "--silent", "60"), run("watch", "kiwi", "--silent", "0")]);
    expect(outcomes.map(({ code }) => code)).toEqual([2, 2]);
    expect(outcomes[0]?.output).toContain("a silence is of one client");
  });

  test("[HC70] [HC71] forget has clients forgotten, and whoever watches is told", async () => {
    for (const client of ["gone1", "gone2"]) await run("iamat", client, "+1+1", "1", "--server", "Alford");
    const watch = start("watch", "gone1", "--server", "Alford");
    await watch.prints(/ gone1 \+1\+1 1\n/);
    const forgotten = await run("forget", "gone1", "gone2", "--server", "Alford");
    expect(forgotten).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^FORGOT gone1 \d+\.\d{9}\nFORGOT gone2 \d+\.\d{9}\n$/),
    });
    await watch.prints(/ gone1 \+1\+1 1\nFORGOT gone1 \d+\.\d{9}\n/);
    expect(await watch.interrupt()).toBe(0);
    expect(await run("whatsat", "gone2", "--server", "Alford")).toMatchObject({ code: 1 });
    const { stdout } = await run("clients", "Alford");
    expect(stdout).not.toContain(" gone");
  });

  test("[HC70] [HC43] [HC17] with --json it prints the client and the time; what cannot be a client is a mistake", async () => {
    const [json, quiet, all, none] = await Promise.all([
      run("forget", "nobody", "--json"),
      run("forget", "nobody", "--quiet"),
      run("forget", "*"),
      run("forget"),
    ]);
    expect(JSON.parse(json.stdout)).toEqual({
      client: "nobody",
      forgotTime: expect.stringMatching(/^\d+\.\d{9}$/),
      line: expect.stringMatching(/^FORGOT nobody /),
    });
    expect(quiet).toMatchObject({ code: 0, output: "" });
    expect([all?.code, none?.code]).toEqual([2, 2]);
    expect(all?.output).toContain("* means all clients");
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
    const socket = await LineSocket.open({ url: herd.url, server: "Powell" });
    await pipeLines(socket, { input, output });
    socket.close();
    expect(String(output.read())).toBe(lines.map((line) => `?syntax ${line}`).join(""));
  });

  test("[HC63] asks for the server's time in place of one that is far off", async () => {
    const [input, output] = [new PassThrough(), new PassThrough()];
    input.end("IAMAT kaka +1+1 1\n");
    const socket = await LineSocket.open({ url: herd.url, server: "Powell", clock: "server" });
    await pipeLines(socket, { input, output });
    socket.close();
    expect(String(output.read())).toMatch(/^AT Powell \+0\.000000000 kaka \+1\+1 \d+\.\d{9}\n$/);
  });

  test("[HC40] carries the bytes of a pipe: only LF ends a line, what is no text stays what it is, a long line is one line", async () => {
    const connect = start("connect", "Powell");
    const long = "x".repeat(70_000);
    connect.end(
      Buffer.concat([
        Buffer.from("IAMAT a\u2028b +1+1 1\nIAMAT c\u0085d +1+1 1\r\nIAMAT bad"),
        Buffer.of(0xff),
        Buffer.from(` +1+1 1\n${long}\nWHATSAT bad\uFFFD 1 1\nHELLO`),
      ]),
    );
    expect(await connect.ended()).toBe(0);
    const [first, second, third, fourth, ...rest] = connect.output.split("\n");
    expect(first).toMatch(/^AT Powell \S+ a\u2028b \+1\+1 1$/);
    expect(second).toMatch(/^AT Powell \S+ c\u0085d \+1\+1 1$/);
    expect(third).toBe("?syntax IAMAT bad\uFFFD +1+1 1");
    expect(fourth).toBe(`?range ${long.slice(0, 1024)}`);
    // The id with a character of replacement is another one, and nobody has reported it.
    expect(rest).toEqual(["?unknown WHATSAT bad\uFFFD 1 1", "?syntax HELLO", ""]);
  });

  test("[HC6] [HC12] at a prompt completes, has a history, and shows what comes", async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    let shown = "";
    output.on("data", (data: Buffer) => (shown += data.toString()));
    const connection = new LineConnection({ url: herd.url, server: "Powell", unknown: "reject" });
    const ended = promptForLines(connection, { input, output, isHistoryKept: false });
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

  test("[HC41] at a prompt says of each refusal what is wrong", async () => {
    const input = Object.assign(new PassThrough(), { isTTY: true });
    const output = Object.assign(new PassThrough(), { isTTY: true, columns: 80 });
    let shown = "";
    output.on("data", (data: Buffer) => (shown += data.toString()));
    const connection = new LineConnection({ url: herd.url, server: "Powell", unknown: "reject" });
    const ended = promptForLines(connection, { input, output, isHistoryKept: false });
    await expect.poll(() => shown, { timeout: 20_000 }).toContain("Connected to Powell.");
    input.write("WHATSAT kiwi 100 5\rIAMAT kiwi +1+1\riamat kiwi +1+1 1\rhelp\r");
    await expect.poll(() => shown).toContain("Radius must be more than 0 and at most 50");
    await expect.poll(() => shown).toContain("The time is missing, such as ");
    await expect.poll(() => shown).toContain("Did you mean IAMAT? Commands are in capital letters.");
    await expect.poll(() => shown).toContain("WATCH <client or *>");
    input.write("exit\r");
    await ended;
    connection.close();
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

describe("test", () => {
  test("[HC24] [HC50] fails if a report arrives later than it may, and says which clients it leaves", async () => {
    const [late, json] = await Promise.all([run("test", "--seconds", "0.0001"), run("test", "--json")]);
    expect(late.output).toContain("did NOT arrive within 0.0001 s");
    expect(late.output).toMatch(/stay known to the herd until you say: npm run herd -- forget client1\./);
    expect(late.code).toBe(1);
    const arrivals = linesOf<{ from: string; isArrived: boolean }>(json.stdout);
    expect(arrivals.map(({ isArrived }) => isArrived)).toEqual(Array.from({ length: 6 }, () => true));
    expect(json.code).toBe(0);
  });
});

describe("completion", () => {
  test("[HC47] prints a script for each shell, which asks for commands and options at each Tab", async () => {
    const scripts = await Promise.all(["bash", "zsh", "fish"].map((shell) => run("completion", shell)));
    for (const { code, stdout } of scripts) {
      expect(code).toBe(0);
      expect(stdout).toContain("scripts/local/herd.ts");
    }
    const [options, commands] = await Promise.all([
      run("complete", "--", "status", "--on"),
      run("complete", "--", "iam"),
    ]);
    expect(options.stdout).toMatch(/^--once\t/m);
    expect(commands.stdout).toMatch(/^iamat\t/m);
  });
});

describe("check", () => {
  test("[HC46] says what a configuration has, or all that is wrong with it", async () => {
    const wrong = join(herd.directory, "wrong.json");
    await writeFile(wrong, '{ "servers": [{ "name": "Oslo", "neighbors": [] }], "futureSeconds": 1 }');
    const [good, bad, json] = await Promise.all([
      run("check", herd.configFile),
      run("check", wrong),
      run("check", wrong, "--json"),
    ]);
    expect(good).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("herd.json can work: 5 servers, 5 links.\n"),
    });
    expect(bad.code).toBe(1);
    expect(bad.output).toContain(`Cannot use ${wrong}:\n  - Oslo: neighbours: this setting is missing`);
    expect(linesOf<{ problem: string }>(json.stdout).map(({ problem }) => problem)).toEqual([
      "Oslo: neighbours: this setting is missing; it must be a list",
      "Oslo: there is no setting neighbors. Did you mean neighbours?",
      "there is no setting futureSeconds: it belongs into limits",
    ]);
  });
});

describe("load", () => {
  test("[HC9] [HC33] [HC50] has every report answered, and prints how many", async () => {
    const { code, stdout, output } = await run("load", "--clients", "7", "--rate", "100", "--for", "0.5s", "--json");
    expect(output).toMatch(/\{"note":"The 7 clients load….\w+ of this run stay known to the herd/);
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
