// The client library in Node, while its servers are killed and started again.

import { afterAll, beforeAll, expect, test } from "vitest";
import { connect, type Herd } from "../../src/client/herd.ts";
import { travel, type Journey } from "../support/client-journey.ts";
import { HerdApart } from "../support/herd-apart.ts";

const SETTINGS = { retrySecondsMin: 0.05, retrySecondsMax: 0.5 } as const;
const KILLS = 3;
/** Reports between one kill and the next. */
const REPORTS_BETWEEN = 400;

let apart: HerdApart;

beforeAll(async () => {
  apart = await HerdApart.create({ retrySecondsMax: 1, answerSeconds: 2 });
  await apart.start("Alford", "Parker", "Bolden");
});

afterAll(() => apart.remove());

/** Kills a server and starts it again, each time that so many more reports are acknowledged. */
function killer(server: string): {
  readonly onAcknowledged: (count: number) => void;
  readonly ended: () => Promise<void>;
} {
  let kills = 0;
  let last = Promise.resolve();
  const onAcknowledged = (count: number) => {
    if (count % REPORTS_BETWEEN !== 0 || kills === KILLS) return;
    kills++;
    // One that has just come up is not killed while it is still being waited for.
    last = last.then(() => apart.kill(server)).then(() => apart.start(server));
  };
  return { onAcknowledged, ended: () => last };
}

function travelled(herd: Herd, journey: Omit<Journey, "clients" | "reports">) {
  return travel(herd, { clients: 40, reports: REPORTS_BETWEEN * (KILLS + 1), ...journey });
}

/** Waits until a server holds the last report of each client. */
async function expectHeld(server: string, last: Readonly<Record<string, number>>): Promise<void> {
  const clients = Object.keys(last);
  const expected = clients.map((client) => last[client]);
  const held = async () => (await apart.held(server, clients)).map((line) => Number(line?.split(" ").at(-1)));
  await expect.poll(held, { timeout: 30_000 }).toEqual(expected);
}

test("[CL2] [CL3] [CL16] a server is killed under load: no report is lost, no answer goes to another call", async () => {
  await using herd = connect({ url: apart.url("Alford"), server: "Alford", settings: SETTINGS });
  let losses = 0;
  herd.addEventListener("connection", ({ state }) => {
    if (state === "waiting") losses++;
  });
  const { onAcknowledged, ended } = killer("Alford");
  const { reports, questions, mismatches, last } = await travelled(herd, { prefix: "alford", onAcknowledged });
  await ended();
  expect(mismatches).toEqual([]);
  expect(losses, "connections lost").toBeGreaterThanOrEqual(KILLS);
  expect(reports).toBe(REPORTS_BETWEEN * (KILLS + 1));
  expect(questions).toBeGreaterThan(0);
  for (const server of ["Alford", "Parker", "Bolden"]) await expectHeld(server, last);
});

/** Alford's, which runs in another deployment than Parker: Parker leads there. */
const NEAR = "+34.05-118.24";

/** Which server Parker's deployment leads to. */
async function nearestServer(): Promise<string | null> {
  const response = await fetch(`${apart.url("Parker")}/nearest?near=${encodeURIComponent(NEAR)}`);
  await response.body?.cancel();
  return response.headers.get("Herd-Server");
}

test("[CL3] [CL19] the nearest server is killed: the next one continues, and nothing is lost", async () => {
  // The test before has killed it, and Parker may not know yet that it is back.
  await expect.poll(nearestServer, { timeout: 30_000 }).toBe("Alford");
  await using herd = connect({ url: apart.url("Parker"), near: NEAR, settings: SETTINGS });
  const heardBy = new Set<string>();
  herd.addEventListener("line", ({ direction, text }) => {
    if (direction === "received" && text.startsWith("AT ")) heardBy.add(text.split(" ")[1] ?? "");
  });
  let killed: Promise<void> | undefined;
  const onAcknowledged = (count: number) => {
    if (count === REPORTS_BETWEEN) killed = apart.kill("Alford");
  };
  const { mismatches, last } = await travelled(herd, { prefix: "nearest", isAtOneServer: false, onAcknowledged });
  await killed;
  await apart.start("Alford");
  expect(mismatches).toEqual([]);
  expect([...heardBy]).toEqual(["Alford", "Parker"]);
  for (const server of ["Parker", "Bolden", "Alford"]) await expectHeld(server, last);
});

test("[CL8] [CL31] a watch continues after its server was killed: the newest report comes, none comes twice", async () => {
  await using writer = connect({ url: apart.url("Parker"), server: "Parker", settings: SETTINGS });
  await using reader = connect({ url: apart.url("Alford"), server: "Alford", settings: SETTINGS });
  const watch = reader.watch("walker");
  await watch.begun;
  const told: number[] = [];
  const done = (async () => {
    for await (const { time } of watch) {
      told.push(Number(time));
      if (Number(time) === 30) return;
    }
  })();
  for (let time = 1; time <= 20; time++) await writer.iamat("walker", "+1+1", { time: String(time) });
  await apart.kill("Alford");
  for (let time = 21; time <= 30; time++) await writer.iamat("walker", "+1+1", { time: String(time) });
  await apart.start("Alford");
  await done;
  expect(told).toEqual([...new Set(told)].toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(30);
});
