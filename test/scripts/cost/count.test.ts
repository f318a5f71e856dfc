// The counts: what is simulated of a load, and that the figures are the simulator's.

import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parseHerdConfig } from "../../../src/core/config/herd-config.ts";
import { assumptions } from "../../../scripts/cost/bill-text.ts";
import { HAS_COMMIT_DELAY, withCommitMillis } from "../../../scripts/cost/commit-delay.ts";
import { loadOf, MONTHS, RATES, readCost } from "../../../scripts/cost/cost-record.ts";
import { costOf, type CostReport } from "../../../scripts/cost/cost-report.ts";
import { count } from "../../../scripts/cost/count.ts";
import { countedLoad, type Load } from "../../../scripts/cost/counted-load.ts";
import { foldedRowsPerReport } from "../../../scripts/cost/folding.ts";
import { configuredHerd, shapedHerd, SHAPES } from "../../../scripts/cost/herd-shape.ts";
import herdFile from "../../../herd.config.json" with { type: "json" };
import { Random } from "../../sim/random.ts";
import { plainOptionsOf } from "../../sim/options.ts";
import { simulate } from "../../sim/simulate.ts";

function load(clients: number, everySeconds: number, more: Partial<Load> = {}): Load {
  return { ...loadOf({ clients, everySeconds, commitMillis: 0 }), ...more };
}

const rows = ({ counts }: CostReport) => counts.rowsWritten / counts.reports;
const messages = ({ counts }: CostReport) => counts.messages / counts.reports;

/** How many links each server has. */
function degrees({ servers, links }: Load["herd"]): number[] {
  return servers.map((name) => links.filter((link) => link.includes(name)).length);
}

const ALONE = { herd: shapedHerd(1, "line") };

describe("what is counted", () => {
  test("[CM1] one server alone writes a row for each report, and hears nobody else", () => {
    const counts = count(load(100, 10, ALONE), {
      reportsPerSecond: 10,
      isSlowed: false,
      warmUpSeconds: 10,
      windowSeconds: 20,
    });
    expect(counts.reports).toBe(200);
    expect(counts).toMatchObject({ messages: 0, bytes: 0, awakeSeconds: 20, seconds: 20 });
  });

  test("[CM1] the window has what the simulator counts of the same load by itself", () => {
    const { counts } = costOf(load(60, 1));
    const byItself = simulatedRows(60, 1, 100);
    expect(counts.rowsWritten / counts.reports / byItself).toBeGreaterThan(0.9);
    expect(counts.rowsWritten / counts.reports / byItself).toBeLessThan(1.1);
  });

  test("[CM1] a herd that hears a report an hour is awake for some seconds of it", () => {
    const { counts } = costOf(load(1, 3600));
    const share = counts.awakeSeconds / counts.seconds / 5;
    expect(share).toBeGreaterThan(1 / 3600);
    expect(share).toBeLessThan(60 / 3600);
    expect(counts.requests).toBeGreaterThan(0);
  });

  test("[CM2] the clients are known: none of them costs more than its report", () => {
    const window = { reportsPerSecond: 20, isSlowed: false, warmUpSeconds: 1, windowSeconds: 10 };
    const { rowsWritten, reports } = count(load(100_000, 5_000, ALONE), window);
    expect(reports).toBeGreaterThan(150);
    expect(rowsWritten).toBeLessThanOrEqual(reports);
  });

  test("[CM2] settings and links count: without write-behind more rows, in a mesh more messages", () => {
    const usual = load(50, 1);
    const peers = { ...usual.settings.peers, writeBehindReports: 0 };
    const [counted, eager] = [
      costOf(usual, { windowSeconds: 20 }),
      costOf({ ...usual, settings: { ...usual.settings, peers } }, { windowSeconds: 20 }),
    ];
    expect(rows(eager)).toBeGreaterThan(2 * rows(counted));
    const mesh = costOf({ ...usual, herd: shapedHerd(5, "mesh") }, { windowSeconds: 20 });
    expect(messages(mesh)).toBeGreaterThan(messages(counted));
  });

  test("[CM1] a herd that refuses the reports has no cost, but an error", () => {
    const { settings } = load(1, 1);
    const full = load(10, 1, { settings: { ...settings, limits: { ...settings.limits, clients: 1 } } });
    expect(() => costOf(full)).toThrow("Cannot count the cost of this herd: ");
  });
});

describe("folding", () => {
  test("[CM6] a small herd's log is folded into few pages, a large one's into more", () => {
    const few = foldedRowsPerReport(load(1_000, 10), { commitsPerSecond: 100, reportsPerSecond: 100 });
    const many = foldedRowsPerReport(load(100_000, 1_000), { commitsPerSecond: 100, reportsPerSecond: 100 });
    expect(few).toBeGreaterThan(0);
    expect(few).toBeLessThan(0.02);
    expect(many).toBeGreaterThan(2 * few);
    expect(many).toBeLessThan(1);
  });

  test("[CM6] a store with a part of the clients and of the log writes as many rows for a report", () => {
    const large = load(80_000, 800);
    const taken = { commitsPerSecond: 50, reportsPerSecond: 100 };
    const [whole, part] = [80_000, 20_000].map((clientsMax) => foldedRowsPerReport(large, taken, clientsMax));
    expect((part ?? 0) / (whole ?? 1)).toBeGreaterThan(0.9);
    expect((part ?? 0) / (whole ?? 1)).toBeLessThan(1.1);
  });

  test("[CM6] the window itself has no row of folding", () => {
    const usual = load(50, 1);
    const often = { ...usual.settings, storage: { ...usual.settings.storage, logCommits: 8, logIdleBytes: 0 } };
    const [rare, eager] = [usual, { ...usual, settings: often }].map(
      (one) => costOf(one, { windowSeconds: 20 }).counts,
    );
    expect(eager?.rowsWritten).toBe(rare?.rowsWritten);
    expect(eager?.rowsFolded).toBeGreaterThan(10 * (rare?.rowsFolded ?? 0));
  });
});

describe("what is simulated", () => {
  test.each([
    [300, 60],
    [10_000, 60],
    [1_000_000, 60],
    [1, 60],
  ])("[CM2] %d clients with a report every %d s, at their own rate", (clients, everySeconds) => {
    const counted = countedLoad(load(clients, everySeconds));
    expect(counted).toMatchObject({ reportsPerSecond: clients / everySeconds, isSlowed: false });
    expect(counted.reportsPerSecond * counted.windowSeconds).toBeGreaterThanOrEqual(99);
  });

  test("[CM2] of more reports than can be simulated a part, and the output says so", () => {
    const huge = load(10_000_000, 1);
    const counted = countedLoad(huge);
    expect(counted.isSlowed).toBe(true);
    expect(counted.reportsPerSecond * (2 * counted.warmUpSeconds + counted.windowSeconds)).toBeLessThan(50_000);
    const counts = {
      seconds: 1,
      reports: 1,
      rowsWritten: 5,
      rowsFolded: 0,
      messages: 1,
      bytes: 1,
      requests: 0,
      awakeSeconds: 5,
    };
    const report = { load: huge, counted, counts };
    expect(assumptions(report).join("\n")).toContain("Extrapolated: counted at ");
    const full = { ...report, counted: { ...counted, isSlowed: false } };
    expect(assumptions(full).join("\n")).not.toContain("Extrapolated");
  });

  test("[CM2] a window that was asked for, at the load's own rate", () => {
    expect(countedLoad(load(10_000_000, 1), 3)).toMatchObject({
      reportsPerSecond: 10_000_000,
      isSlowed: false,
      windowSeconds: 3,
    });
  });

  test.each(SHAPES)("[CM2] a herd in the shape of a %s is one that can be configured", (shape) => {
    const { servers, links } = shapedHerd(5, shape);
    expect(links).toHaveLength({ line: 4, star: 4, ring: 5, paper: 5, mesh: 10 }[shape]);
    const neighbours = (name: string) =>
      links.flatMap((link) => (link.includes(name) ? link.filter((end) => end !== name) : []));
    const config = parseHerdConfig({ servers: servers.map((name) => ({ name, neighbours: neighbours(name) })) });
    expect(new Set(configuredHerd(config).links.map(String))).toEqual(new Set(links.map(String)));
  });

  test("[CM2] the paper's shape is the one of herd.config.json", () => {
    expect(degrees(shapedHerd(5, "paper"))).toEqual(degrees(configuredHerd(parseHerdConfig(herdFile))));
  });

  test("[CM2] commits are delayed as the herd can delay them", () => {
    const { settings } = load(1, 1);
    if (HAS_COMMIT_DELAY) expect(withCommitMillis(settings, 100)).toMatchObject({ limits: { commitMillis: 100 } });
    else expect(() => withCommitMillis(settings, 100)).toThrow("no setting limits.commitMillis");
    expect(withCommitMillis(settings, 0)).toMatchObject(settings);
  });
});

/** A million clients take half a minute: once is enough. */
const COUNTED_ANEW = [
  ...RATES,
  ...MONTHS.filter(({ clients, commitMillis }) => clients < 1_000_000 || commitMillis === 0),
];

test.each(COUNTED_ANEW)(
  "[CM8] docs/costs.json has what is counted today: $clients clients, every $everySeconds s, $commitMillis ms",
  async (recorded) => {
    const { counts: kept, counted } = await readCost(recorded);
    const { counts } = costOf(loadOf(recorded));
    expect(counted).toEqual(countedLoad(loadOf(recorded)));
    for (const name of ["rowsWritten", "rowsFolded", "messages", "bytes", "awakeSeconds"] as const) {
      const [then, now] = [kept, counts].map((of) => of[name] / of.reports);
      expect(now, `${name} a report; npm run build:costs writes them anew`).toBeGreaterThanOrEqual((then ?? 0) * 0.95);
      expect(now, `${name} a report; npm run build:costs writes them anew`).toBeLessThanOrEqual((then ?? 0) * 1.05);
    }
  },
  240_000,
);

test.each([
  ["README.md", 10_000, /clients that report each minute\]\S+ cost about \$([\d,]+) a month/],
  ["docs/assessment.md", 1_000_000, /a million clients that report each minute cost .*\[\$([\d,]+) a month\]/],
])("[CM8] %s has the figure of a month with %d clients", async (page, clients, figure) => {
  const [, dollars = ""] = figure.exec(await readFile(page, "utf8")) ?? [];
  const { bill } = await readCost({ clients, everySeconds: 60, commitMillis: 0 });
  expect(Math.abs(Number(dollars.replaceAll(",", "")) / bill.dollars - 1)).toBeLessThan(0.05);
});

/** Rows that a report costs in the simulator, with the herd's start and end in the sum. */
function simulatedRows(clients: number, everySeconds: number, seconds: number): number {
  const random = new Random("another");
  const { servers } = load(1, 1).herd;
  const actions = Array.from({ length: clients }, (_, client) => {
    const firstMillis = random.integer(0, everySeconds * 1000 - 1);
    return Array.from({ length: seconds / everySeconds }, (_, turn) => {
      const atMillis = firstMillis + turn * everySeconds * 1000;
      const lines = [`IAMAT client-${client} +34.068930-118.445127 ${1_800_000_000 + Math.floor(atMillis / 1000)}`];
      return { atMillis, do: "say" as const, client, server: servers[client % servers.length] ?? "", lines };
    });
  });
  const sorted = actions.flat().toSorted((one, other) => one.atMillis - other.atMillis);
  const { acknowledged, cost } = simulate({ options: plainOptionsOf(1, seconds * 1000), actions: sorted });
  return cost.rowsWritten / acknowledged;
}
