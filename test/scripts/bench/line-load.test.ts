// The load, over WebSocket and over TCP: it checks every answer, also those that a stream cuts.

import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { LineLoad } from "../../../scripts/bench/testbed/line-load.ts";
import { PlayedServer } from "../../support/played-server.ts";

const WORKLOAD = { next: () => "PING\n", isAnswer: (answer: string) => answer === "PONG" };
const ONE = { connections: 1, outstanding: 1 };

/** A server whose connections the test plays. */
async function tcpServer(onLine: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => socket.on("data", () => onLine(socket)));
  onTestFinished(() => {
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("a load", () => {
  test("[BM3] ends with the first wrong answer over WebSocket", async () => {
    const played = await PlayedServer.start();
    const load = await LineLoad.open(played.url.replace("http", "ws"), ONE, WORKLOAD);
    const run = load.runLines(2);
    const connection = await played.accepts();
    await connection.hears();
    connection.says("PONG");
    await connection.hears();
    connection.says("PANG");
    await expect(run).rejects.toThrow("Wrong answer to PING: PANG");
    await load.close();
  });

  test("[BM3] ends with the first wrong answer over TCP", async () => {
    const answers = ["PONG\n", "PANG\n"];
    const url = await tcpServer((socket) => socket.write(answers.shift() ?? ""));
    const load = await LineLoad.open(url, ONE, WORKLOAD);
    await expect(load.runLines(2)).rejects.toThrow("Wrong answer to PING: PANG");
    await load.close();
  });

  test("[BM3] puts together an answer that a stream has cut", async () => {
    const url = await tcpServer((socket) => {
      socket.write("PO");
      setImmediate(() => socket.write("NG\n"));
    });
    const load = await LineLoad.open(url, ONE, WORKLOAD);
    const { latenciesMillis } = await load.runLines(3);
    expect(latenciesMillis).toHaveLength(3);
    await load.close();
  });
});
