// docs/command-line.md is a transcript: each of its commands is run, in their order, and prints what the page shows.

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findFreePorts } from "../../scripts/local/ports.ts";
import { herdProgram } from "../../src/cli/commands/commands.ts";
import { start, up } from "../../scripts/local/start-command.ts";
import { HerdProcess } from "../support/herd-process.ts";
import { play, settledText, stepsOf } from "../support/transcript.ts";

const steps = stepsOf(await readFile("docs/command-line.md", "utf8"));

let herd: HerdProcess;
let freePort: number;

beforeAll(async () => {
  herd = await HerdProcess.create();
  await herd.start();
  [freePort = 0] = await findFreePorts(1);
});

afterAll(() => herd.remove());

test("[DC1] the page shows every command", () => {
  const shown = new Set(steps.map(({ command }) => /\bherd ([a-z-]+)/.exec(command)?.[1]));
  // Of the scripts of `completion`, and a former name.
  const others = new Set(["complete", "up"]);
  const commands = herdProgram([start, up], "0.0.0").commands.map((command) => command.name());
  expect(commands.filter((name) => !others.has(name) && !shown.has(name))).toEqual([]);
});

test.each(steps)("[DC2] $command", async (step) => {
  const local = (text: string) => text.replaceAll("13500", String(freePort));
  const output = await play({ ...step, command: local(step.command) }, { HERD_URL: herd.url });
  const general = output.replaceAll(herd.url, "http://localhost:8787").replaceAll(String(freePort), "13500");
  expect(settledText(general)).toBe(settledText(step.expected));
});
