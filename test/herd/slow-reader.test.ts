// A client that does not read is dropped once too much waits for it, and costs nobody else.

import { once } from "node:events";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { deafTcp, deafWebSocket, frameOf } from "../support/deaf-client.ts";
import { HerdApart } from "../support/herd-apart.ts";

/** A message of lines whose answers are as long as they are. */
const LINES = `${"x".repeat(100)}\n`.repeat(600);
/** Far above what the system's buffers and `limits.bufferedBytes` take together. */
const MESSAGES_MAX = 2000;

let herd: HerdApart;

beforeAll(async () => {
  herd = await HerdApart.create();
  await herd.start("Alford");
});

afterAll(() => herd.remove());

test.each([
  ["a WebSocket", () => deafWebSocket(`${herd.url("Alford")}/servers/Alford`), frameOf(LINES)],
  ["a TCP connection", () => deafTcp(herd.tcpPort("Alford")), Buffer.from(LINES)],
] as const)("[HD4] %s that is never read is dropped, logged, and others are answered", async (_kind, open, message) => {
  const dropped = /"event":"disconnected".*"reads too slowly"/g;
  const before = herd.printed("Alford").match(dropped)?.length ?? 0;
  const socket = await open();
  onTestFinished(() => {
    socket.destroy();
  });
  // Whoever is dropped may be told so by a reset.
  const gone = new Promise((resolve) => socket.on("error", resolve).on("close", resolve));
  const isDropped = () => (herd.printed("Alford").match(dropped)?.length ?? 0) > before;
  for (let messages = 0; messages < MESSAGES_MAX && !isDropped() && !socket.destroyed; messages++) {
    // The server reads all the time, so what is written here leaves; what it answers is what stays.
    if (!socket.write(message)) await Promise.race([once(socket, "drain"), gone]);
    if (messages % 50 === 0) expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
  }
  await expect.poll(isDropped, { timeout: 10_000 }).toBe(true);
  expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
  expect((await herd.status("Alford")).connections).toBe(0);
});
