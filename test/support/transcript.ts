// Transcripts of a terminal in a document: commands and their output. The test runs the commands and compares the output.
//
// A command is after `$ `. The lines below it, up to the next command, are both of its outputs. `^C` at the end means that a
// person presses it once the rest was printed. Clocks and measured times differ from run to run: on both sides they are
// replaced before the comparison.

import { spawn } from "node:child_process";
import { SCRIPT_ENVIRONMENT } from "./herd-process.ts";

export interface Step {
  readonly command: string;
  readonly expected: string;
  readonly isInterrupted: boolean;
}

const INTERRUPT = "^C";

/** The steps of all `console` blocks of a Markdown document. */
export function stepsOf(markdown: string): Step[] {
  return [...markdown.matchAll(/^```console\n(.*?)^```$/gms)].flatMap(([, block = ""]) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((text) => {
        const [command = "", ...lines] = text.trimEnd().split("\n");
        const isInterrupted = lines.at(-1) === INTERRUPT;
        const expected = (isInterrupted ? lines.slice(0, -1) : lines).join("\n");
        return { command, expected, isInterrupted };
      }),
  );
}

/** Runs a step in a shell that has a command `herd`. Returns its output. */
export async function play(
  { command, expected, isInterrupted }: Step,
  environment: Readonly<Record<string, string>>,
): Promise<string> {
  const shell = `herd() { "${process.execPath}" scripts/local/herd.ts "$@"; }; ${command}`;
  const child = spawn("bash", ["-c", `exec 2>&1; ${shell}`], {
    detached: isInterrupted,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...SCRIPT_ENVIRONMENT, ...environment },
  });
  const lines = expected.split("\n").length;
  let output = "";
  child.stdout.on("data", (data: Buffer) => {
    const before = output.split("\n").length;
    output += data.toString();
    const isPrinted = before <= lines && output.split("\n").length > lines;
    if (isInterrupted && isPrinted && child.pid !== undefined) process.kill(-child.pid, "SIGINT");
  });
  await new Promise((resolve) => child.once("close", resolve));
  return output.trimEnd();
}

const VARIABLE: readonly (readonly [RegExp, string])[] = [
  [/[+-]\d+\.\d{9}(?= )/g, "+SKEW"],
  [/"skew":[-\d.e]+/g, '"skew":SKEW'],
  [/"heardMillis":\d{13}\b/g, '"heardMillis":NOW'],
  [/\b\d{10}\.(?:\d{6}|\d{3}0{6})\b/g, "NOW"],
  [/\b\d\d:\d\d:\d\d\.\d{3}\b/g, "CLOCK"],
  [/\b\d[\d.,]* ms\b/g, "TIME"],
  [/in [\d.]+ s: [\d,]+ a second/g, "in TIME: RATE"],
  [/the epoch [a-z\d]+/g, "the epoch EPOCH"],
  // Right after a start or a report, the server may still be sending to its neighbours.
  [/(?:no neighbour behind|behind: [\w, ]+)$/gm, "NEIGHBOURS"],
  [/ {2,}\w+ (?:by [\d,]+ )?for [\d,]+ s(?:, .*)?$/gm, ""],
  [/^eyJ\S+$/gm, "TOKEN"],
  [/load….\w+/g, "RUN"],
];

/** The text with placeholders for what differs from run to run. */
export function settledText(text: string): string {
  return VARIABLE.reduce((settled, [pattern, kind]) => settled.replaceAll(pattern, kind), text);
}
