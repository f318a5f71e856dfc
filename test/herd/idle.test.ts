// An idle herd costs nothing: its feeds close, and its servers leave memory while their clients' sockets stay open.

import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { LineSocket } from "../../src/cli/net/line-socket.ts";
import { HerdApart } from "../support/herd-apart.ts";

/** An object hibernates 10 s after its last event. No event says so, and a request wakes it. */
const ASK_MILLIS = 13_000;

test("[CU21] [WT6] after the idle time, the open socket of a client that watches is answered by a server that has started again", async () => {
  const herd = await HerdApart.create({ idleSeconds: 1, retrySecondsMax: 1 });
  onTestFinished(() => herd.remove());
  await herd.start();
  const socket = await LineSocket.open({ url: herd.url("Alford"), server: "Alford" });
  const answer = await socket.ask("IAMAT kiwi +1+1 1");
  expect(await socket.ask("WATCH emu")).toBe("WATCH emu\n");
  await breakOffTcp(herd.tcpPort("Alford"));
  for (const name of herd.names)
    await expect.poll(async () => (await herd.held(name, ["kiwi"]))[0], { timeout: 20_000 }).toBe(answer.trimEnd());
  // Each link is closed again by the server that dialled it.
  for (const name of herd.names)
    await expect
      .poll(() => count(herd.printed(name), "link idle") + count(herd.printed(name), "link down"), { timeout: 20_000 })
      .toBe(count(herd.printed(name), "dialled"));
  const startsBefore = count(herd.printed("Alford"), "started");
  await expect
    .poll(
      async () => {
        expect(await socket.ask("IAMAT kiwi +1+1 1")).toBe(answer);
        return count(herd.printed("Alford"), "started");
      },
      { interval: ASK_MILLIS, timeout: ASK_MILLIS * 5 },
    )
    .toBeGreaterThan(startsBefore);
  const status = await herd.status("Alford");
  expect([status.connections, status.watches]).toEqual([1, 1]);
  // Its alarm is still set, so it asks its neighbours what they lack (CU28), which is nothing.
  await expect
    .poll(async () => (await herd.status("Alford")).neighbours.map(({ link }) => link), { timeout: 20_000 })
    .toEqual(["closed", "closed"]);
  socket.close();
});

/** A TCP client that resets its connection must not keep the server awake. */
async function breakOffTcp(port: number): Promise<void> {
  const client = connect({ port, host: "127.0.0.1" });
  client.write("HELLO\n");
  await once(client, "data");
  client.resetAndDestroy();
}

function count(printed: string, event: string): number {
  return printed.split(`"event":"${event}"`).length - 1;
}
