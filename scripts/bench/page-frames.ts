// How fluid the live page is: `node scripts/bench/page-frames.ts`.
//
// Ten thousand clients all over the world report at a thousand a second to a herd of its own, each to one of the five servers,
// and the page watches all five in a real Chromium without a graphics card. Told is the time between frames, of a screen that
// would show sixty a second, and how long the page's script works for one. The herd, the load and the browser share this machine.

import { cpus, loadavg } from "node:os";
import { WebSocket } from "ws";
import { buildPage } from "../build/build-page.ts";
import { launchChromium } from "../build/chromium.ts";
import { withEphemeralHerd } from "../local/ephemeral-herd.ts";
import { runScript } from "../local/run-script.ts";
import { quantileOf } from "./statistics.ts";

const CLIENTS = 10_000;
const REPORTS_PER_SECOND = 1000;
const TICK_MILLIS = 20;
const MEASURE_MILLIS = 30_000;

/** Runs in the page: the milliseconds between frames, and those of tasks that took longer than 50. */
const COLLECT = `new Promise((resolve) => {
  const frames = [], tasks = [];
  new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) tasks.push(duration); }).observe({ type: "longtask" });
  const start = performance.now();
  let last = start;
  const frame = (now) => {
    frames.push(now - last);
    last = now;
    if (now - start < ${MEASURE_MILLIS}) requestAnimationFrame(frame);
    else resolve({ frames: frames.slice(1), tasks });
  };
  requestAnimationFrame(frame);
})`;

await runScript(async () => {
  await buildPage();
  await withEphemeralHerd(measure);
  return true;
});

async function measure(url: string, servers: readonly string[]): Promise<void> {
  const sockets = await Promise.all(servers.map((server) => open(url, server)));
  const answered = sockets.map((socket) => countLines(socket));
  await using browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  await page.goto(url);
  await page.locator('body[data-watching="5"]').waitFor();
  let said = 0;
  const startMillis = performance.now();
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - startMillis) / 1000) * REPORTS_PER_SECOND);
    const lines = sockets.map(() => "");
    for (; said < due; said++) lines[said % sockets.length] += iamat(said);
    for (const [index, socket] of sockets.entries()) if (lines[index] !== "") socket.send(lines[index] ?? "");
  }, TICK_MILLIS);
  // Everybody has reported twice: from then on all of them move.
  await new Promise((resolve) => setTimeout(resolve, (2 * CLIENTS * 1000) / REPORTS_PER_SECOND));
  const before = said;
  const { frames, tasks } = await page.evaluate<{ readonly frames: number[]; readonly tasks: number[] }>(COLLECT);
  const rate = (said - before) / (MEASURE_MILLIS / 1000);
  clearInterval(timer);
  const clients = await page.locator("#total-clients").textContent();
  const heard = answered.reduce((sum, count) => sum + count(), 0);
  for (const socket of sockets) socket.close();
  const quantile = (share: number) => `${quantileOf(frames, share).toFixed(1)} ms`;
  console.log(`${clients} clients, ${rate.toFixed(0)} reports/s; ${heard} of ${said} answered`);
  console.log(`${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`);
  console.log(
    `frames: ${frames.length}, median ${quantile(0.5)}, p90 ${quantile(0.9)}, p99 ${quantile(0.99)}, max ${quantile(1)}`,
  );
  console.log(`tasks over 50 ms: ${tasks.length}, longest ${Math.max(0, ...tasks).toFixed(0)} ms`);
}

/** The report of the next client: each drifts around the world on its own parallel. */
function iamat(number: number): string {
  const client = number % CLIENTS;
  const round = Math.floor(number / CLIENTS);
  const latitude = ((client * 7919) % 11_000) / 100 - 45;
  const longitude = ((client * 104_729 + round * 150) % 34_000) / 100 - 165;
  const location = [latitude, longitude].map((degrees) => (degrees < 0 ? "" : "+") + degrees.toFixed(2)).join("");
  return `IAMAT mover-${client} ${location} ${(Date.now() / 1000).toFixed(3)}\n`;
}

async function open(url: string, server: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace("http", "ws")}servers/${server}`);
  await new Promise((resolve, reject) => {
    socket.once("open", resolve);
    socket.once("error", reject);
  });
  return socket;
}

function countLines(socket: WebSocket): () => number {
  let lines = 0;
  socket.on("message", (data: Buffer) => {
    for (const byte of data) if (byte === 0x0a) lines++;
  });
  return () => lines;
}
