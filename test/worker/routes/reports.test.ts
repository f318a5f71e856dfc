// Pages of the reports that a server holds, as SQLite keeps them and as a browser asks for them.

import { exports } from "cloudflare:workers";
import { expect, test } from "vitest";
import type { AgedReportsPage } from "../../../src/core/store/reports-page.ts";
import { configure, freshId, postTo, stubOf } from "../support/herd.ts";
import { openWebSocket } from "../support/line-client.ts";

configure({
  limits: { reportsPage: 3, addressCommandsBurst: 4, addressCommandsPerSecond: 1 },
  peers: { writeBehindQuietSeconds: 5 },
});

/** In the order of their bytes in UTF-8, which is not that of their units in UTF-16. */
const CLIENTS = ["**", "a&b=c", "b+c", "kiwi", "é", "\uff5e", "\u{1f411}"];

function ask(query: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`https://herd/servers/Alford/reports${query}`, { headers });
}

async function pageAt(query: string): Promise<AgedReportsPage> {
  const response = await ask(query);
  expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "application/json"]);
  return response.json();
}

test("[WT8] [WT16] pages bring every report once, in order, those of neighbours too, durable here or not", async () => {
  const watcher = await openWebSocket("/servers/Alford");
  await watcher.say("WATCH *");
  await watcher.hears(/WATCH/);
  const lines = await Promise.all(
    CLIENTS.map((client, index) => postTo(index % 2 === 0 ? "Alford" : "Powell", `IAMAT ${client} +1+1 1`)),
  );
  // All are there once all have been told; those of Powell are written seconds later.
  let told = "";
  while (told.split("\n").length <= CLIENTS.length) told += await watcher.hears(/\n$/);
  const pages: AgedReportsPage[] = [];
  for (let query = ""; pages.at(-1)?.next !== null;) {
    pages.push(await pageAt(query));
    query = `?after=${encodeURIComponent(pages.at(-1)?.next ?? "")}`;
  }
  expect(pages.map(({ reports }) => reports.length)).toEqual([3, 3, 1]);
  expect(pages.flatMap(({ reports }) => reports.map((line) => `${line}\n`))).toEqual(lines);
  expect((await pageAt("?count=2&after=b%2Bc")).reports.map((line) => `${line}\n`)).toEqual(lines.slice(3, 5));
});

test.each(["?count=0", "?count=4", "?count=1.5", "?count=", "?count=1&count=1", "?near=%2B1%2B1", "?after=a&after=b"])(
  "[WT17] [HD16] %s is answered 400 with what is asked for",
  async (query) => {
    const response = await ask(query);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([400, "application/problem+json"]);
    expect(await response.text()).toMatch(/count|after/);
  },
);

test("[WT8] [HD14] [HD15] only GET is taken, and only of servers that there are", async () => {
  expect((await exports.default.fetch("https://herd/servers/Alford/reports", { method: "POST" })).status).toBe(405);
  expect((await exports.default.fetch("https://herd/servers/Nobody/reports")).status).toBe(404);
});

test("[WT17] [ED21] a server that is out of service has none", async () => {
  await stubOf("Powell").setDrained(true);
  const response = await exports.default.fetch("https://herd/servers/Powell/reports");
  expect([response.status, await response.text()]).toEqual([503, expect.stringContaining("/nearest")]);
  await stubOf("Powell").setDrained(false);
});

test("[LI15] pages above what an address may ask are answered 429", async () => {
  const asking = { "CF-Connecting-IP": "192.0.2.77" };
  let [pages, answer] = [0, await ask("", asking)];
  for (; answer.status === 200; pages++) answer = await ask("", asking);
  expect(pages).toBeGreaterThanOrEqual(4);
  expect([answer.status, answer.headers.get("Retry-After")]).toEqual([429, "10"]);
  expect((await ask("", { "CF-Connecting-IP": "192.0.2.78" })).status).toBe(200);
});

test("[WT27] [HD64] a page has ages by the server's clock, which its status has", async () => {
  await postTo("Parker", `IAMAT ${freshId()} +1+1 1`);
  const { nowMillis: before } = await stubOf("Parker").status();
  const page: AgedReportsPage = await (await exports.default.fetch("https://herd/servers/Parker/reports")).json();
  const { nowMillis: after } = await stubOf("Parker").status();
  expect(page.ages).toHaveLength(page.reports.length);
  for (const [index, line] of page.reports.entries()) {
    const [, , skew, , , time] = line.split(" ");
    const heardMillis = Math.round((Number(skew) + Number(time)) * 1000);
    const ageMillis = Math.round((page.ages[index] ?? -1) * 1000);
    expect(ageMillis).toBeGreaterThanOrEqual(before - heardMillis);
    expect(ageMillis).toBeLessThanOrEqual(after - heardMillis);
  }
});
