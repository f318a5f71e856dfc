// A client that does not read is dropped when too much waits for it, and delays no other client.

import { once } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { LogLevel } from "../../src/core/contract/log-entry.ts";
import { deafTcp, deafWebSocket, frameOf } from "../support/deaf-client.ts";
import { HerdApart } from "../support/herd-apart.ts";

/** A message of lines whose answers are as long as they are. */
const LINES = `${"x".repeat(100)}\n`.repeat(600);
/** Far more than the system's buffers and `limits.bufferedBytes` hold together. */
const MESSAGES_MAX = 2000;
/** As far above that, in entries of the log. */
const LOGGED_MESSAGES = 400;

const WATCH = `WATCH *${" ".repeat(150)}\n`;
const CLIENTS = 200;
const DROPPED = /"event":"disconnected".*"reads too slowly"/g;

/** The positions of all clients, in one message. */
function moves(time: number): string {
  return Array.from({ length: CLIENTS }, (_, client) => `IAMAT ${client}${"x".repeat(240)} +34.0-118.4 ${time}\n`).join(
    "",
  );
}

let herd: HerdApart;

beforeAll(async () => {
  herd = await HerdApart.create();
  const { limits } = herd.config;
  herd.config = { ...herd.config, limits: { ...limits, watchPerSecond: 0, watchStallSeconds: 1 } };
  await herd.start("Alford");
});

afterAll(() => herd.remove());

test.each([
  ["a WebSocket", () => deafWebSocket(`${herd.url("Alford")}/servers/Alford`), frameOf(LINES)],
  ["a TCP connection", () => deafTcp(herd.tcpPort("Alford")), Buffer.from(LINES)],
] as const)(
  "[HD4] [HD11] %s that is never read is dropped and logged, and other clients are answered",
  async (_kind, open, message) => {
    const before = herd.printed("Alford").match(DROPPED)?.length ?? 0;
    const socket = await open();
    onTestFinished(() => {
      socket.destroy();
    });
    // A connection that is dropped may end with a reset.
    const gone = new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
    const isDropped = () => (herd.printed("Alford").match(DROPPED)?.length ?? 0) > before;
    for (let messages = 0; messages < MESSAGES_MAX && !isDropped() && !socket.destroyed; messages++) {
      // The server reads all the time, so these lines leave. Its answers are what waits.
      if (!socket.write(message)) await Promise.race([once(socket, "drain"), gone]);
      if (messages % 50 === 0) expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
    }
    await expect.poll(isDropped, { timeout: 10_000 }).toBe(true);
    expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
    expect((await herd.status("Alford")).connections).toBe(0);
  },
);

test("[HD4] a follower of the log that does not read is dropped", async () => {
  const restart = async (logLevel: LogLevel) => {
    herd.logLevel = logLevel;
    await herd.kill("Alford");
    await herd.start("Alford");
  };
  await restart("lines");
  onTestFinished(() => restart("events"));
  // Compressed, lines of one letter would all fit in the buffers.
  const options = { perMessageDeflate: false };
  const follower = new WebSocket(`${herd.url("Alford").replace("http", "ws")}/servers/Alford/log`, options);
  onTestFinished(() => follower.terminate());
  await once(follower, "open");
  const closed = once(follower, "close") as Promise<[number, Buffer]>;
  follower.pause();
  // The log has each line that comes, and again that it is refused.
  const lines = `${"x".repeat(1000)}\n`.repeat(60);
  for (let messages = 0; messages < LOGGED_MESSAGES; messages++) await herd.say("Alford", lines);
  follower.resume();
  await expect.poll(() => follower.readyState, { timeout: 20_000 }).toBe(WebSocket.CLOSING);
  follower.terminate();
  const [code, reason] = await closed;
  expect([code, reason.toString()]).toEqual([1013, "reads too slowly"]);
});

let time = 0;

test.each([
  ["a WebSocket", () => deafWebSocket(`${herd.url("Alford")}/servers/Alford`), frameOf(WATCH)],
  ["a TCP connection", () => deafTcp(herd.tcpPort("Alford")), Buffer.from(WATCH)],
] as const)(
  "[WT5] [WT12] %s that watches and never reads gets no more than fits, and is closed in the end",
  async (_kind, open, message) => {
    const before = herd.printed("Alford").match(DROPPED)?.length ?? 0;
    const socket = await open();
    onTestFinished(() => {
      socket.destroy();
    });
    socket.on("error", () => undefined);
    socket.write(message);
    await expect.poll(async () => (await herd.status("Alford")).watches).toBe(1);
    const isDropped = () => (herd.printed("Alford").match(DROPPED)?.length ?? 0) > before;
    for (let messages = 0; messages < MESSAGES_MAX && !isDropped(); messages++)
      expect(await herd.say("Alford", moves(++time))).toMatch(new RegExp(` ${time}\n$`));
    // The socket took nothing for a second. One line for each client waits, not each report.
    expect(isDropped()).toBe(true);
    expect(await herd.status("Alford")).toMatchObject({ connections: 0, watches: 0 });
  },
);
