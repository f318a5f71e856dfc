// This herd beside the paper's design in plain Node: `npm run compare`. docs/assessment.md tells what it shows.
//
// Both speak the same lines over TCP, on this machine, with the same client. Speeds are taken in alternating rounds, and
// the medians are told; a speed means nothing beside another machine's.

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { spreadOf } from "../bench/statistics.ts";
import { runScript } from "../local/run-script.ts";
import { PlainNode, ThisHerd, type Contestant } from "./contestant.ts";
import { foundAfterAbsence, iamatsPerSecond, keptThroughPowerCut, survivesBadClock } from "./questions.ts";

const program = new Command("npm run compare --")
  .description("Compares this herd with the paper's design in plain Node.")
  .option("--seconds <seconds>", "of each measurement of a speed", "2")
  .option("--rounds <rounds>", "how often each speed is measured", "3")
  .option("--clients <clients>", "whose reports may be lost", "500")
  .parse();

const OUTSTANDING = [1, 64];

type Row = readonly [what: string, ...results: readonly string[]];

await runScript(async () => {
  const { seconds, rounds, clients } = program.opts<Record<"seconds" | "rounds" | "clients", string>>();
  const directory = await mkdtemp(join(tmpdir(), "places-herd-"));
  const contestants = [await PlainNode.create(), await ThisHerd.create(directory)];
  try {
    for (const contestant of contestants) await contestant.start();
    const rows: Row[] = [["", ...contestants.map(({ name }) => name)]];
    const count = Number(clients);
    const ask = async (what: string, question: (contestant: Contestant) => Promise<string>) => {
      const results: string[] = [];
      for (const contestant of contestants) results.push(await question(contestant));
      rows.push([what, ...results]);
    };
    const ofAll = (found: number) => `${found} of ${count}`;
    await ask("found at Hamilton after Parker was away", async (one) => ofAll(await foundAfterAbsence(one, count)));
    await ask("known after a power cut", async (one) => ofAll(await keptThroughPowerCut(one, count)));
    await ask("heard again after a bad clock", async (one) => ((await survivesBadClock(one)) ? "yes" : "no"));
    // Last, as floods of a connection each leave the plain herd's machine with few free ports for a while.
    for (const outstanding of OUTSTANDING)
      rows.push([
        `IAMATs a second, ${outstanding} outstanding`,
        ...(await measured(contestants, outstanding, Number(seconds) * 1000, Number(rounds))),
      ]);
    rows.push(["lines of code of a server", await linesOf("plain-node-server.ts"), "see docs/assessment.md"]);
    for (const [what, ...results] of rows)
      console.log(`${what.padEnd(42)}${results.map((result) => result.padEnd(16)).join("")}`.trimEnd());
    return true;
  } finally {
    await Promise.all(contestants.map((contestant) => contestant.kill()));
    await rm(directory, { recursive: true, force: true });
  }
});

/** The median of each, measured in turn. */
async function measured(
  contestants: readonly Contestant[],
  outstanding: number,
  millis: number,
  rounds: number,
): Promise<string[]> {
  const paces = contestants.map((): number[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, contestant] of contestants.entries())
      paces[index]?.push(await iamatsPerSecond(contestant, outstanding, millis));
  return paces.map((pace) => Math.round(spreadOf(pace).median).toLocaleString("en"));
}

/** Without comments and empty lines. */
async function linesOf(file: string): Promise<string> {
  const text = await readFile(new URL(file, import.meta.url), "utf8");
  return String(text.split("\n").filter((line) => !/^\s*(?:\/\/|\/?\*|$)/.test(line)).length);
}
