// The client library in Chromium, through a server that is killed and started again in mid-stream.

import { build } from "esbuild";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "../../scripts/build/chromium.ts";
import { HerdApart } from "../support/herd-apart.ts";
import type { PageJourney, PageOutcome } from "./journey-in-page.ts";

const KILLS = 2;
/** Reports between one kill and the next. */
const STAGE = 300;
const CLIENTS = 30;

let apart: HerdApart;
let browser: Browser;
let bundle: string;

beforeAll(async () => {
  apart = await HerdApart.create({ retrySecondsMax: 1, answerSeconds: 2 });
  await apart.start("Alford", "Parker");
  browser = await launchChromium();
  const { outputFiles } = await build({
    entryPoints: ["test/page/journey-in-page.ts"],
    bundle: true,
    write: false,
    format: "iife",
    target: "es2023",
  });
  bundle = outputFiles[0]?.text ?? "";
});

afterAll(async () => {
  await browser.close();
  await apart.remove();
});

test("[CL2] [CL3] [CL9] [CL16] in a page, a server is killed in mid-stream: no report is lost, no answer mismatched", async () => {
  const page = await browser.newPage();
  // The herd's own page, with its policy and without its script.
  await page.route("**/page/main.js", (route) => route.abort());
  await page.goto(apart.url("Alford"));
  const faults = faultsOf("Alford");
  await page.exposeFunction("onAcknowledged", (count: number) => faults.onAcknowledged(count));
  await page.evaluate(bundle);
  const journey: PageJourney = {
    url: apart.url("Alford"),
    server: "Alford",
    prefix: "page",
    clients: CLIENTS,
    // On a busy machine many reports pass while a start is still being waited for.
    reports: STAGE * KILLS * 8,
  };
  const travelled = page.evaluate<PageOutcome>(`travelHere(${JSON.stringify(journey)})`);
  const { reports, questions, mismatches, last, losses } = await travelled;
  await faults.ended;
  expect(mismatches).toEqual([]);
  expect(losses, "connections lost").toBeGreaterThanOrEqual(KILLS);
  expect(reports).toBe(journey.reports);
  expect(questions).toBeGreaterThan(0);
  const clients = Object.keys(last);
  const expected = clients.map((client) => last[client]);
  for (const server of ["Alford", "Parker"]) {
    const held = async () => (await apart.held(server, clients)).map((line) => Number(line?.split(" ").at(-1)));
    await expect.poll(held, { timeout: 30_000 }).toEqual(expected);
  }
});

/** Kills a server and starts it again, one time after the other, whenever so many more reports are acknowledged. */
function faultsOf(server: string): { onAcknowledged(count: number): void; readonly ended: Promise<void> } {
  let [kills, next, isUnderWay] = [0, STAGE, false];
  const { promise: ended, resolve, reject } = Promise.withResolvers<void>();
  const fail = async () => {
    isUnderWay = true;
    await apart.kill(server);
    await apart.start(server);
    isUnderWay = false;
    if (++kills === KILLS) resolve();
  };
  const onAcknowledged = (count: number) => {
    if (count < next || isUnderWay || kills === KILLS) return;
    next = count + STAGE;
    fail().catch(reject);
  };
  return { onAcknowledged, ended };
}
