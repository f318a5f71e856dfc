// A server that was away while the others continued: it receives all that it missed, by a scan of a neighbour's table.
//
// For many more reports than in the suite: CATCH_UP_REPORTS=100000 npx vitest run --project herd test/herd/catch-up.test.ts

import { expect, onTestFinished, test } from "vitest";
import { HerdApart } from "../support/herd-apart.ts";

const REPORTS = Number(process.env["CATCH_UP_REPORTS"] ?? 3000);
/** Lines in one POST. Each has about 40 bytes, so the POST stays below `limits.messageBytes`. */
const BATCH = 1000;

test(
  `[CU18] [CU19] a server that missed ${REPORTS} reports comes to hold them all`,
  { timeout: 60_000 + REPORTS },
  async () => {
    const herd = await HerdApart.create({ recentReports: 1000, retrySecondsMax: 1 });
    onTestFinished(() => herd.remove());
    await herd.start("Hamilton", "Parker");
    await herd.report("Parker", ["first"], 1);
    await expect.poll(async () => (await herd.status("Hamilton")).clients, { timeout: 20_000 }).toBe(1);
    const before = herd.memoryBytes("Hamilton");
    await herd.kill("Hamilton");

    const clients = Array.from({ length: REPORTS }, (_, index) => `client-${index}`);
    for (let from = 0; from < REPORTS; from += BATCH) await herd.report("Parker", clients.slice(from, from + BATCH), 1);
    await herd.start("Hamilton");
    const since = performance.now();
    await expect
      .poll(async () => (await herd.status("Hamilton")).clients, { timeout: 30_000 + REPORTS, interval: 20 })
      .toBe(REPORTS + 1);
    const seconds = (performance.now() - since) / 1000;

    const sample = clients.filter((_, index) => index % Math.ceil(REPORTS / 500) === 0);
    expect(await herd.held("Hamilton", sample)).toEqual(await herd.held("Parker", sample));
    expect(herd.printed("Parker")).toMatch(/"event":"scan ended","to":"Hamilton"/);
    console.log(
      `${REPORTS} reports caught up in ${seconds.toFixed(1)} s after the start, ` +
        `${Math.round(REPORTS / seconds)} reports/s; Hamilton's processes take ` +
        `${megabytes(herd.memoryBytes("Hamilton"))} MB, ${megabytes(before)} MB before`,
    );
  },
);

function megabytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(0);
}
