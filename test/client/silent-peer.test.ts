// A process of its own that closes a herd whose server never answers the close: it has to end by itself.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";

/** What a server adds to a client's key (RFC 6455, 1.3). */
const KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** A server that takes WebSockets, and then says nothing whatever it hears. Returns its port. */
async function startSilentServer(): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(503).end());
  server.on("upgrade", ({ headers }, socket: Socket) => {
    sockets.add(socket);
    const key = createHash("sha1").update(`${headers["sec-websocket-key"]}${KEY_SUFFIX}`).digest("base64");
    const lines = ["Upgrade: websocket", "Connection: Upgrade", `Sec-WebSocket-Accept: ${key}`];
    socket.write(["HTTP/1.1 101 Switching Protocols", ...lines, "", ""].join("\r\n"));
    socket.on("error", () => undefined).resume();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** What the program does with its herd before it closes the herd. */
test.each([
  ["once it is connected", "await until(() => herd.standing.state === 'open')"],
  [
    "while a call waits",
    "herd.iamat('kiwi', '+1+1').catch(() => {}); await until(() => herd.standing.state === 'open')",
  ],
  ["while a client is watched", "const w = herd.watch('kiwi'); w.begun.catch(() => {}); w.next().catch(() => {})"],
  ["after a server that owed an answer was given up", "await herd.iamat('kiwi', '+1+1').catch(() => {})"],
  ["before it is connected", ""],
])("[CL44] a process ends that closes a herd %s, though the peer never answers", async (_when, act) => {
  const port = await startSilentServer();
  const program = `
    import { connect } from "./src/client/herd.ts";
    const settings = { answerSeconds: 0.2, timeoutSeconds: 0.5, retrySecondsMin: 0.01 };
    const herd = connect({ url: "http://127.0.0.1:${port}", server: "Alford", settings });
    const until = async (isSo) => { while (!isSo()) await new Promise((done) => herd.addEventListener("connection", done)); };
    ${act};
    await herd.close();`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", program], { stdio: "inherit" });
  onTestFinished(() => void child.kill());
  expect(await once(child, "close")).toEqual([0, null]);
});
