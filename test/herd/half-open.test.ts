// Very many connections that say nothing, or almost nothing, delay no other client: a real server with real sockets.
//
// Their number depends on the machine's limit of open files. Fact, 2026-11-22: workerd under miniflare opens two files or more for a
// WebSocket. So there are 10,000 of each kind if 31,000 files may be open, 6333 if 20,000 may, and fewer below that.

import { execFileSync } from "node:child_process";
import { connect, type Socket } from "node:net";
import { deflateRawSync } from "node:zlib";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { deafWebSocket } from "../support/deaf-client.ts";
import { HerdApart } from "../support/herd-apart.ts";

/** What `ulimit -n` prints. */
const FILES_MAX = Number(execFileSync("sh", ["-c", "ulimit -n"], { encoding: "utf8" })) || 20_000;
const CONNECTIONS = Math.max(100, Math.min(10_000, Math.floor((FILES_MAX - 1000) / 3)));
const AT_ONCE = 100;

let herd: HerdApart;

beforeAll(async () => {
  herd = await HerdApart.create();
  const limits = { ...herd.config.limits, connections: CONNECTIONS + 2, handshakeSeconds: 600 };
  herd.config = { ...herd.config, limits };
  await herd.start("Alford");
});

afterAll(() => herd.remove());

async function openMany(open: () => Promise<Socket>): Promise<Socket[]> {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  while (sockets.length < CONNECTIONS)
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(AT_ONCE, CONNECTIONS - sockets.length) }, open))));
  return sockets;
}

async function left(connections: number): Promise<void> {
  await expect.poll(async () => (await herd.status("Alford")).connections, { timeout: 60_000 }).toBe(connections);
}

/** A TCP connection that sends only this. */
function tcpSaying(text: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port: herd.tcpPort("Alford"), host: "127.0.0.1" });
    socket.resume().once("error", reject);
    socket.once("connect", () => {
      // A reset at the end of the test is not a failure.
      socket.removeListener("error", reject).on("error", () => undefined);
      if (text === "") resolve(socket);
      else socket.write(text, () => resolve(socket));
    });
  });
}

test.each([
  ["WebSockets that say nothing", () => deafWebSocket(`${herd.url("Alford")}/servers/Alford`)],
  ["TCP connections that say nothing", () => tcpSaying("")],
  ["TCP connections with half a command", () => tcpSaying("IAMAT somebo")],
] as const)(
  "[LI1] [LI6] beside as many %s as there may be others are served, and again when they are gone",
  async (_kind, open) => {
    await left(0);
    const sockets = await openMany(open);
    await left(CONNECTIONS);
    for (let n = 0; n < 10; n++) {
      const client = `beside-${sockets.length}-${n}`;
      expect(await herd.report("Alford", [client], 1)).toMatchObject([expect.stringContaining(`AT Alford`)]);
    }
    // Room is left for two connections; the third is refused.
    const last = [await tcpSaying("HELLO\n"), await tcpSaying("HELLO\n")];
    await left(CONNECTIONS + 2);
    await expect(herd.say("Alford", "HELLO\n")).rejects.toThrow(/HTTP 503: .*connections, and has them/);
    for (const socket of [...last, ...sockets]) socket.destroy();
    await left(0);
    expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
  },
);

test("[LI6] [LN7] a client that sends byte by byte is answered, and other clients do not wait for it", async () => {
  const slow = await tcpSaying("");
  onTestFinished(() => {
    slow.destroy();
  });
  const heard: string[] = [];
  slow.on("data", (data) => heard.push(data.toString()));
  slow.setNoDelay(true);
  for (const byte of "IAMAT slow +1+1 1\n") {
    await new Promise<void>((resolve) => slow.write(byte, () => resolve()));
    expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
  }
  await expect.poll(() => heard.join("")).toMatch(/^AT Alford \S+ slow \+1\+1 1\n$/);
});

test.each([
  ["of 30 MiB, which the platform unpacks", 30],
  ["of 100 MiB, which it does not", 100],
])(
  "[LI18] a WebSocket message %s from some kilobytes ends its connection, and others are served",
  async (_what, size) => {
    const bomb = Buffer.alloc(size * 1_048_576, "\n");
    expect(deflateRawSync(bomb).length).toBeLessThan(bomb.length / 500);
    const before = await herd.status("Alford");
    const url = `${herd.url("Alford").replace("http", "ws")}/servers/Alford`;
    const socket = new WebSocket(url, { perMessageDeflate: { threshold: 0 } });
    onTestFinished(() => socket.terminate());
    socket.on("error", () => undefined);
    await new Promise((resolve) => socket.once("open", resolve));
    await left(1);
    socket.send(bomb);
    await left(0);
    expect(await herd.say("Alford", "HELLO\n")).toBe("? HELLO\n");
    expect(await herd.status("Alford")).toMatchObject({ incarnation: before.incarnation, clients: before.clients });
  },
);
