// `npm start` as it comes: what its terminal shows, and that the log files have everything.

import { afterEach, beforeEach, expect, test } from "vitest";
import { HerdProcess } from "../support/herd-process.ts";
import { sayOverTcp } from "../../scripts/local/tcp-lines.ts";

const SERVERS = ["Alford", "Bolden", "Hamilton", "Parker", "Powell"];

let herd: HerdProcess;

beforeEach(async () => {
  herd = await HerdProcess.create();
  await herd.start();
});

afterEach(() => herd.remove());

test("[LG14] a start is a line for each server; the addresses and what to try come last", async () => {
  const lines = herd.output.split("\n");
  expect(lines.slice(0, SERVERS.length)).toEqual(SERVERS.map((name) => `${name.padEnd(9)} is up: 0 clients known`));
  expect(lines[SERVERS.length + 1]).toContain(`The herd is up at ${herd.url}`);
  await herd.stop();
  expect(herd.output.split("\n").slice(SERVERS.length + 1)).toEqual([
    expect.stringContaining("The herd is up at"),
    `  ${herd.url}/#operator=${herd.operatorToken}`,
    expect.stringContaining("  TCP:  Alford "),
    `  Logs: ${herd.logs}/`,
    "",
    "Try, in another terminal:",
    expect.stringContaining("IAMAT kiwi"),
    expect.stringContaining("WHATSAT kiwi"),
    `  curl ${herd.url}/herd`,
    expect.stringContaining("npm run testservers"),
    "",
  ]);
  // They were dialled all the same, and their files say so.
  expect((await herd.logOf("Parker")).map(({ event }) => event)).toContain("link up");
});

test("[LG11] [LG12] every entry of a burst is in its file when the herd was stopped at once; the terminal says how many", async () => {
  const said = [
    ...Array.from({ length: 2000 }, (_, index) => `IAMAT burst-${index}-čĀ😀-${"ž".repeat(index % 7)} +1+1 1400794645`),
    // What the runtime's own tools would take for words of the runtime.
    "stack: abcd abcd abcd abcd",
    "Address already in use; toString() = here; took recursive isolate lock; CODE_MOVED for unknown code block",
    '{"timestamp":1,"level":"log","message":"x"}',
  ];
  const answers = await sayOverTcp(herd.tcpPort("Bolden"), said.map((line) => `${line}\n`).join(""));
  expect(await herd.stop()).toBe(0);

  const entries = await herd.logOf("Bolden");
  const linesOf = (event: string, way: string) =>
    entries
      .filter((entry) => entry.event === event && String(entry[way]).startsWith("client "))
      .map(({ line }) => line);
  expect(linesOf("input", "from")).toEqual(said);
  expect(linesOf("output", "to")).toEqual(answers.trimEnd().split("\n"));

  const total = (await Promise.all(SERVERS.map((server) => herd.logOf(server)))).flat().length;
  const shown = herd.output.split("\n").filter((line) => /^\d\d:\d\d:\d\d\.\d{3} /.test(line)).length;
  const more = [...herd.output.matchAll(/^… ([\d,]+) entr(?:y|ies) more in (.*)$/gm)];
  const leftOut = more.reduce((sum, [, count = ""]) => sum + Number(count.replaceAll(",", "")), 0);
  expect(more.map(([, , where]) => where)).toEqual(more.map(() => `${herd.logs}/`));
  expect(shown).toBeGreaterThanOrEqual(100);
  expect(shown).toBeLessThan(300);
  expect(leftOut).toBeGreaterThan(total - shown - 100);
  expect(shown + leftOut).toBeLessThanOrEqual(total);
});

test("[LG13] what needs attention is shown among however many others", async () => {
  const headers = { Authorization: `Bearer ${herd.operatorToken}` };
  expect((await fetch(`${herd.url}/servers/Parker/drain`, { method: "POST", headers })).status).toBe(200);
  const flood = Array.from({ length: 1000 }, (_, index) => `IAMAT many-${index} +1+1 1400794645\n`).join("");
  await sayOverTcp(herd.tcpPort("Alford"), flood);
  await expect.poll(() => herd.output).toMatch(/ Alford +link down to=Parker .*retryInSeconds=/);
});
