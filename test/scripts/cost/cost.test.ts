// The command itself.

import { execFile, type ExecFileException } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { loadOf } from "../../../scripts/cost/cost-record.ts";
import { costOf } from "../../../scripts/cost/cost-report.ts";

async function run(
  ...args: string[]
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, ["scripts/cost/run.ts", ...args])) };
  } catch (error) {
    const { code, stdout = "", stderr = "" } = error as ExecFileException;
    return { code: Number(code), stdout, stderr };
  }
}

test("[CM7] [CM1] prints as JSON what the simulator counts, and the bill of that", async () => {
  const { stdout } = await run("--clients", "40", "--every", "2", "--window", "20", "--json");
  const { counts, counted, bill } = costOf(loadOf({ clients: 40, everySeconds: 2, commitMillis: 0 }), {
    windowSeconds: 20,
  });
  expect(counts.reports).toBe(400);
  expect(JSON.parse(stdout)).toMatchObject({ clients: 40, everySeconds: 2, counted, counts, ...bill });
});

test("[CM3] [CM7] prints the bill, what it rests on, and the date of the prices", async () => {
  const { code, stdout } = await run("--clients", "40", "--servers", "3", "--window", "10", "--plan");
  expect(code).toBe(0);
  expect(stdout).toContain("40 clients, a report every 60 s each");
  expect(stdout).toContain("3 servers, 3 links");
  expect(stdout).toMatch(/^paid plan, less what it includes/m);
  expect(stdout).toMatch(/^Prices: https:\/\/developers\.cloudflare\.com\S+ as of \d{4}-\d\d\.$/m);
});

test.each([
  [["--clients", "0"], "'--clients <number>' argument '0' is invalid. Give a whole number from 1 to"],
  [["--every", "0.01"], "argument '0.01' is invalid. Give seconds from 0.1 to 86400."],
  [["--every", "soon"], "argument 'soon' is invalid."],
  [["--servers", "51"], "argument '51' is invalid. Give a whole number from 1 to 50."],
  [["--links", "rng"], "argument 'rng' is invalid. Allowed choices are line, mesh, paper, ring, star."],
  [["--links", "paper", "--servers", "4"], "Cannot link 4 servers as the paper does: its herd has 5"],
  [["--commit-millis", "-1"], "argument '-1' is invalid. Give a whole number from 0 to"],
  [["--window", "0"], "argument '0' is invalid. Give a number above 0"],
  [["--client", "5"], "unknown option '--client'"],
  [["5"], "too many arguments"],
])("[CM7] is told what is wrong with %j", async (args, message) => {
  const { code, stdout, stderr } = await run(...args);
  expect(stderr).toContain(message);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
});

test("[CM7] a window without a report is refused", async () => {
  const { code, stdout, stderr } = await run("--clients", "1", "--window", "0.001");
  expect(stderr).toContain("none came in 0.001 s. Give a longer --window");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
});

test("[CM7] a herd that cannot be read is named, with --json as JSON", async () => {
  const { code, stderr } = await run("--config", "no-such-herd.json", "--json");
  expect(code).toBe(1);
  expect(JSON.parse(stderr)).toMatchObject({
    error: expect.stringContaining("no-such-herd.json") as string,
    exitCode: 1,
  });
});
